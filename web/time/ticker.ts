import { useSyncExternalStore } from 'react'
import { serverNow } from './serverClock.ts'

const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all that ticks on the page. */
function subscribe(onTick: () => void): () => void {
  watchers.add(onTick)
  timer ??= setInterval(tick, 1_000)
  return () => {
    watchers.delete(onTick)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  for (const onTick of watchers) onTick()
}

/** What follows from the moment; whoever shows it is drawn again only when it has changed. */
export const useTicking = <T extends string | number | boolean>(read: (now: number) => T): T =>
  useSyncExternalStore(subscribe, () => read(serverNow()))
