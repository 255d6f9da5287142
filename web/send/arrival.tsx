import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { trpc } from '../api.ts'
import type { Service, StatusAnswer } from '../live/answers.ts'
import { allServices } from '../live/queries.ts'
import { MutationFault } from '../parts/mutationFault.tsx'
import { hashOf } from '../route.ts'
import { useMayChange } from '../session/useSession.ts'
import { Ago } from '../time/time.tsx'

/** Shows when a heartbeat of this service arrives, from wherever it was sent. */
export function Arrival({ serviceKey }: { serviceKey: string }) {
  const mayChange = useMayChange()
  const known = useQuery({
    ...allServices,
    select: useCallback(
      ({ services }: StatusAnswer) => services.find((service) => service.serviceKey === serviceKey) ?? null,
      [serviceKey],
    ),
  }).data
  const countBefore = useCountBefore(known)
  const hasArrived = known != null && countBefore !== null && known.heartbeatCount > countBefore
  const send = useMutation(trpc.heartbeat.mutationOptions())
  return (
    <div className={`arrival ${hasArrived ? 'arrived' : ''}`}>
      <p role="status">{hasArrived ? <Arrived service={known} /> : <Awaited service={known} />}</p>
      {mayChange && (
        <button type="button" className="button" disabled={send.isPending} onClick={() => send.mutate({ serviceKey })}>
          Send one from here
        </button>
      )}
      <MutationFault of={[send]} />
    </div>
  )
}

/** The number of heartbeats before this began to wait; `null` until it is known. */
function useCountBefore(known: Service | null | undefined): number | null {
  const [countBefore, setCountBefore] = useState<number | null>(null)
  if (countBefore === null && known !== undefined) setCountBefore(known?.heartbeatCount ?? 0)
  return countBefore
}

function Arrived({ service: { lastHeartbeat, heartbeatCount, heartbeatsNeeded, serviceKey } }: { service: Service }) {
  return (
    <>
      <strong>{heartbeatCount === 1 ? 'The first heartbeat has arrived' : 'A heartbeat has arrived'}</strong>
      {lastHeartbeat !== null && (
        <>
          {', '}
          <Ago at={lastHeartbeat} />
        </>
      )}
      .{heartbeatsNeeded > 0 && ` ${heartbeatsNeeded} more, and its rhythm is known.`}{' '}
      <a href={hashOf('service', serviceKey)}>See the service</a>
    </>
  )
}

function Awaited({ service }: { service: Service | null | undefined }) {
  if (service?.lastHeartbeat == null) return 'Waiting for its first heartbeat…'
  return (
    <>
      Known already, last heard <Ago at={service.lastHeartbeat} />. Waiting for the next…
    </>
  )
}
