import { useSyncExternalStore } from 'react'

let isStale = false
const watchers = new Set<() => void>()

export function noteStalePage(): void {
  isStale = true
  for (const onChange of watchers) onChange()
}

const subscribe = (onChange: () => void) => {
  watchers.add(onChange)
  return () => watchers.delete(onChange)
}

/** Whether a part of this page turned out to be gone from the server. */
export const useStalePage = () => useSyncExternalStore(subscribe, () => isStale)
