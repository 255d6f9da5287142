import { createStore } from '../store.ts'
import type { Transition } from './answers.ts'

const announcement = createStore('')

/** Announces a transition to screen readers (a live region). */
export function announce({ displayName, to }: Transition): void {
  announcement.set(`${displayName} is ${to}`)
}

export const useAnnouncement = announcement.use
