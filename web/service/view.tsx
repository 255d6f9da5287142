import './service.css'
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { isNoSuchService } from '../failure.ts'
import { Fault } from '../parts/fault.tsx'
import { shownStatus } from '../parts/shown.ts'
import { useTitle } from '../parts/useTitle.ts'
import { hashOf } from '../route.ts'
import { useMayChange } from '../session/useSession.ts'
import { Badge } from './badge.tsx'
import { Explain } from './explain.tsx'
import { Facts } from './facts.tsx'
import { Gaps } from './gaps.tsx'
import { Head } from './head.tsx'
import { Heartbeats } from './heartbeats.tsx'
import { Printed } from './printed.tsx'
import { Runs } from './runs.tsx'
import { Settings } from './settings.tsx'
import { Timeline } from './timeline.tsx'
import { Uptime } from './uptime.tsx'

export default function ServiceView({ serviceKey: asked }: { serviceKey: string }) {
  const explanation = useQuery(trpc.explain.queryOptions({ serviceKey: asked }))
  // Asked for at the same time, since what a failed job printed stands above the rest.
  const heartbeats = useQuery(trpc.heartbeats.queryOptions({ serviceKey: asked, limit: 300 }))
  const mayChange = useMayChange()
  const service = explanation.data?.service
  useTitle(service ? `${service.displayName}: ${shownStatus(service)}` : asked)
  if (isNoSuchService(explanation.error)) return <NoSuchService serviceKey={asked} />
  if (!explanation.data) return <Fault of={explanation} />
  const isFailurePossible = service?.status === 'down' || service?.status === 'dead'
  if (isFailurePossible && heartbeats.isPending && !heartbeats.failureReason) return <Fault of={heartbeats} />
  // The address may have an alias instead of the key.
  const { serviceKey } = explanation.data.service
  return (
    <article className="service">
      <Head explanation={explanation.data} />
      <Printed heartbeats={heartbeats.data?.heartbeats ?? []} />
      <Facts explanation={explanation.data} />
      <Uptime serviceKey={serviceKey} />
      <Gaps serviceKey={serviceKey} limitSeconds={explanation.data.limitSeconds} />
      <div className="columns">
        <Explain explanation={explanation.data} />
        <Timeline serviceKey={serviceKey} />
      </div>
      <Runs serviceKey={serviceKey} />
      <Heartbeats serviceKey={serviceKey} />
      {mayChange && <Settings serviceKey={serviceKey} />}
      <Badge serviceKey={serviceKey} />
    </article>
  )
}

function NoSuchService({ serviceKey }: { serviceKey: string }) {
  return (
    <section className="sheet empty">
      <h1>No such service</h1>
      <p>
        No service has the key <code dir="auto">{serviceKey}</code>. Its first heartbeat registers it.
      </p>
      <p>
        <a className="button" href={hashOf('send', serviceKey)}>
          Send a heartbeat
        </a>{' '}
        <a href="#/">All services</a>
      </p>
    </section>
  )
}
