import { lazy, Suspense, useEffect } from 'react'
import { followNews } from './live/live.ts'
import { OverviewView } from './overview/view.tsx'
import { ErrorBoundary } from './parts/errorBoundary.tsx'
import { Fault } from './parts/fault.tsx'
import type { Route } from './route.ts'
import { SignIn } from './session/signIn.tsx'
import { useSession } from './session/useSession.ts'
import { Announcer } from './shell/announcer.tsx'
import { Banners } from './shell/banners.tsx'
import { Masthead } from './shell/masthead.tsx'
import { useRoute } from './useRoute.ts'
import { useScrollRestoration } from './useScrollRestoration.ts'

const ServiceView = lazy(() => import('./service/view.tsx'))
const SendView = lazy(() => import('./send/view.tsx'))
const HistoryView = lazy(() => import('./history/view.tsx'))
const MonitorView = lazy(() => import('./monitor/view.tsx'))
const PublicGroupView = lazy(() => import('./publicGroup/view.tsx'))

export function App() {
  const route = useRoute()
  if (route.view === 'public') return <Page route={route} />
  return <WithSession route={route} />
}

function WithSession({ route }: { route: Route }) {
  const session = useSession()
  if (session.data?.signed_in) return <SignedIn route={route} />
  return (
    <>
      <Masthead signedIn={false} />
      {session.data ? (
        <SignIn />
      ) : (
        <main className="page">
          <Fault of={session} />
        </main>
      )}
    </>
  )
}

function SignedIn({ route }: { route: Route }) {
  useEffect(followNews, [])
  return (
    <>
      <Masthead signedIn />
      <Banners />
      <Announcer />
      <Page route={route} />
    </>
  )
}

function Page({ route }: { route: Route }) {
  const holder = useScrollRestoration(route)
  return (
    <main className="page" id="main" tabIndex={-1} ref={holder}>
      <ErrorBoundary key={`${route.view} ${route.of}`}>
        <Suspense fallback={null}>{viewOf(route)}</Suspense>
      </ErrorBoundary>
    </main>
  )
}

function viewOf({ view, of, filter }: Route) {
  if (view === 'overview') return <OverviewView filter={filter} />
  if (view === 'service' && of !== null) return <ServiceView serviceKey={of} />
  if (view === 'send') return <SendView serviceKey={of} />
  if (view === 'history') return <HistoryView filter={filter} />
  if (view === 'monitor') return <MonitorView />
  if (view === 'public' && of !== null) return <PublicGroupView group={of} />
  return (
    <p>
      There is nothing at this address. <a href="#/">All services</a>
    </p>
  )
}
