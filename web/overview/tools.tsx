import './tools.css'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { allServices } from '../live/queries.ts'
import type { Filter, Order } from './filter.ts'
import { allGroups } from './groups.ts'
import { focusFirstRow } from './keys.ts'
import { showFilter } from './showFilter.ts'

const orderWords: Record<Order, string> = {
  name: 'name',
  status: 'status',
  heard: 'last heartbeat',
  rhythm: 'rhythm',
  deadline: 'deadline',
}

/** Search, group and order. */
export function Tools({ filter }: { filter: Filter }) {
  const groups = useQuery({ ...allServices, select: allGroups }).data ?? []
  const search = useRef<HTMLInputElement>(null)
  useSlash(() => search.current?.focus())
  return (
    <search className="tools">
      <label className="field search-field">
        <span className="unseen">Search services</span>
        <input
          ref={search}
          type="search"
          placeholder="Search by name, key or group"
          aria-keyshortcuts="/"
          value={filter.search}
          onChange={({ target }) => showFilter({ ...filter, search: target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') showFilter({ ...filter, search: '' })
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            focusFirstRow()
          }}
        />
        <span className="shortcut" aria-hidden="true">
          /
        </span>
      </label>
      {groups.length > 0 && (
        <label className="field inline">
          <span>Group</span>
          <select
            value={filter.group ?? ''}
            onChange={({ target }) => showFilter({ ...filter, group: target.value || null })}
          >
            <option value="">all</option>
            {groups.map((group) => (
              <option key={group}>{group}</option>
            ))}
          </select>
        </label>
      )}
      <label className="field inline">
        <span>Order</span>
        <select
          value={filter.order}
          onChange={({ target }) => showFilter({ ...filter, order: target.value as Order, backwards: false })}
        >
          {Object.entries(orderWords).map(([order, words]) => (
            <option key={order} value={order}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}

/** Calls `act` when `/` is pressed, which on many pages leads to the search. */
function useSlash(act: () => void): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea, dialog')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
