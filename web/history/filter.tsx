import { useQuery } from '@tanstack/react-query'
import type { StatusAnswer } from '../live/answers.ts'
import { allServices } from '../live/queries.ts'
import { allGroups } from '../overview/groups.ts'
import { type Asked, ask } from './asked.ts'

const statuses = ['down', 'dead', 'alive', 'unknown'] as const

const namesOf = ({ services }: StatusAnswer) =>
  services.map(({ serviceKey, displayName }) => ({ serviceKey, displayName }))

export function HistoryFilter({ asked }: { asked: Asked }) {
  const services = useQuery({ ...allServices, select: namesOf }).data ?? []
  const groups = useQuery({ ...allServices, select: allGroups }).data ?? []
  const isKnown = services.some(({ serviceKey }) => serviceKey === asked.service)
  return (
    <search className="tools">
      <label className="field inline">
        <span>Service</span>
        <select value={asked.service} onChange={({ target }) => ask({ ...asked, service: target.value })}>
          <option value="">all</option>
          {asked.service !== '' && !isKnown && <option>{asked.service}</option>}
          {services.map(({ serviceKey, displayName }) => (
            <option key={serviceKey} value={serviceKey}>
              {displayName}
            </option>
          ))}
        </select>
      </label>
      {groups.length > 0 && (
        <label className="field inline">
          <span>Group</span>
          <select value={asked.group} onChange={({ target }) => ask({ ...asked, group: target.value })}>
            <option value="">all</option>
            {groups.map((group) => (
              <option key={group}>{group}</option>
            ))}
          </select>
        </label>
      )}
      <label className="field inline">
        <span>Became</span>
        <select
          value={asked.status}
          onChange={({ target }) => ask({ ...asked, status: target.value as Asked['status'] })}
        >
          <option value="">anything</option>
          {statuses.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      </label>
      <label className="field inline">
        <span>Since</span>
        <input type="date" value={asked.since} onChange={({ target }) => ask({ ...asked, since: target.value })} />
      </label>
    </search>
  )
}
