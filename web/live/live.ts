import { client, queryClient } from '../api.ts'
import { sessionOptions } from '../session/session.ts'
import { announce } from './announcement.ts'
import type { ServiceNews, Transition } from './answers.ts'
import { batchNews } from './batchNews.ts'
import { noteNews, setConnection } from './connection.ts'
import { allServices } from './queries.ts'
import { keepOpen } from './stream.ts'
import { takeNews, takeTransition } from './take.ts'

const BATCH_MS = 100
/** Streams end now and then, and are normally back within this time. */
const LOST_AFTER_MS = 5_000

/** Keeps every view up to date while the page is visible. @returns how to stop */
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

/** Browsers allow six connections to a server, so a hidden page closes its two. */
function rest(): () => void {
  setConnection('resting')
  return () => {}
}

function openStreams(): () => void {
  const open = new Set<'heartbeats' | 'transitions'>()
  let missing: ReturnType<typeof setTimeout> | undefined = expectSoon()
  const onServiceNews = batchNews<ServiceNews>({
    delayMs: BATCH_MS,
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
      // Fetches what was missed meanwhile.
      queryClient.invalidateQueries()
    },
    onLost() {
      if (open.size === 2) noteNews()
      open.delete(stream)
      missing ??= expectSoon()
      // The browser does not say why. The session may have ended, so ask for it.
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
