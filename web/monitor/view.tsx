import './monitor.css'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { trpc } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { useTitle } from '../parts/useTitle.ts'
import { useSession } from '../session/useSession.ts'
import { Deliveries } from './deliveries.tsx'
import { Groups } from './groups.tsx'
import { Outages } from './outages.tsx'
import { Self } from './self.tsx'

const Keys = lazy(() => import('../keys/keys.tsx'))

const REFRESH_MS = 30_000

/** The state of the monitor itself. */
export default function MonitorView() {
  useTitle('Monitor')
  const { data: session } = useSession()
  const monitor = useQuery({ ...trpc.monitor.queryOptions(), refetchInterval: REFRESH_MS })
  return (
    <div className="monitor">
      <h1>Monitor</h1>
      <Fault of={monitor} />
      {monitor.data && (
        <>
          <Self monitor={monitor.data} />
          <Deliveries monitor={monitor.data} />
          <Outages monitor={monitor.data} />
        </>
      )}
      <Groups />
      {session?.key_needed && session.scope === 'admin' && (
        <Suspense fallback={null}>
          <Keys />
        </Suspense>
      )}
    </div>
  )
}
