import { useSyncExternalStore } from 'react'
import { createListeners } from '../store.ts'
import { serverNow } from './serverClock.ts'

let timer: ReturnType<typeof setInterval> | undefined

/** One timer serves everything that ticks on the page. */
const ticks = createListeners({
  onFirst() {
    timer = setInterval(ticks.notify, 1_000)
  },
  onLast: () => clearInterval(timer),
})

/** Reads a value from the current moment once a second. A component is drawn again only when the value has changed. */
export const useTicking = <T extends string | number | boolean>(read: (now: number) => T): T =>
  useSyncExternalStore(ticks.subscribe, () => read(serverNow()))
