import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { UptimeTile } from '../parts/uptimeTile.tsx'

export function Uptime({ serviceKey }: { serviceKey: string }) {
  const uptime = useQuery(trpc.uptime.queryOptions({ serviceKey }))
  return (
    <section className="sheet uptime" aria-labelledby="uptime">
      <h2 id="uptime">Up-time</h2>
      <Fault of={uptime} />
      <dl className="uptime-tiles">
        {uptime.data?.periods.map((period) => (
          <UptimeTile key={period.days} period={period} />
        ))}
      </dl>
    </section>
  )
}
