import { useSyncExternalStore } from 'react'
import type { Transition } from './answers.ts'

let announcement = ''
const watchers = new Set<() => void>()

/** For those who hear the page instead of seeing it. */
export function announce({ displayName, to }: Transition): void {
  announcement = `${displayName} is ${to}`
  for (const onChange of watchers) onChange()
}

const subscribe = (onChange: () => void) => {
  watchers.add(onChange)
  return () => watchers.delete(onChange)
}

export const useAnnouncement = () => useSyncExternalStore(subscribe, () => announcement)
