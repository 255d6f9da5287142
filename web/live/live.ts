import { client, queryClient } from '../api.ts'
import { sessionOptions } from '../session/session.ts'
import { announce } from './announcement.ts'
import type { ServiceNews, Transition } from './answers.ts'
import { noteNews, setConnection } from './connection.ts'
import { gather } from './gather.ts'
import { allServices } from './queries.ts'
import { keepOpen } from './stream.ts'
import { takeNews, takeTransition } from './take.ts'

const GATHER_MS = 100
/** Streams end now and then, and are back within this time. */
const LOST_AFTER_MS = 5_000

/** Keeps every view true while somebody looks. @returns how to stop */
export function followNews(): () => void {
  let stop = () => {}
  const onVisibility = () => {
    stop()
    stop = document.visibilityState === 'visible' ? openStreams() : rest()
  }
  document.addEventListener('visibilitychange', onVisibility)
  onVisibility()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    stop()
  }
}

/** Browsers allow six connections to a server, so a page that nobody sees gives its two back. */
function rest(): () => void {
  setConnection('resting')
  return () => {}
}

function openStreams(): () => void {
  const open = new Set<'heartbeats' | 'transitions'>()
  let missing: ReturnType<typeof setTimeout> | undefined = expectSoon()
  const onServiceNews = gather<ServiceNews>({
    whileMs: GATHER_MS,
    isReady: () => queryClient.isFetching({ queryKey: allServices.queryKey }) === 0,
    take: takeNews,
  })
  const handlersOf = (stream: 'heartbeats' | 'transitions') => ({
    onOpen() {
      open.add(stream)
      if (open.size < 2) return
      clearTimeout(missing)
      missing = undefined
      noteNews()
      setConnection('live')
      // Whatever was missed in the meantime.
      queryClient.invalidateQueries()
    },
    onLost() {
      if (open.size === 2) noteNews()
      open.delete(stream)
      missing ??= expectSoon()
      // The browser does not tell why; one reason is that the session has ended.
      queryClient.invalidateQueries({ queryKey: sessionOptions.queryKey }, { cancelRefetch: false })
    },
  })
  const closeHeartbeats = keepOpen<{ data: ServiceNews }>((handlers) => client.onHeartbeat.subscribe({}, handlers), {
    ...handlersOf('heartbeats'),
    onData({ data }) {
      noteNews()
      onServiceNews(data.serviceKey, data)
    },
  })
  const closeTransitions = keepOpen<{ data: Transition }>((handlers) => client.onTransition.subscribe({}, handlers), {
    ...handlersOf('transitions'),
    onData({ data }) {
      noteNews()
      announce(data)
      takeTransition()
    },
  })
  return () => {
    clearTimeout(missing)
    closeHeartbeats()
    closeTransitions()
  }
}

function expectSoon(): ReturnType<typeof setTimeout> {
  setConnection('connecting')
  return setTimeout(() => setConnection('lost'), LOST_AFTER_MS)
}
