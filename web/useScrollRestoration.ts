import { useLayoutEffect, useRef } from 'react'
import type { Route } from './route.ts'

/** How far down each step of the browser's history was left, by the step's key. */
const left = new Map<string, number>()
let arrival: NavigationType | null = null

globalThis.navigation?.addEventListener('navigate', ({ navigationType }) => {
  const { currentEntry } = navigation
  if (currentEntry) left.set(currentEntry.key, scrollY)
  arrival = navigationType
})

/** A new view begins at its top, and with Back one is where one was. @returns for the element that holds the view */
export function usePlace(route: Route) {
  const holder = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each address is a new arrival
  useLayoutEffect(() => {
    const isNew = arrival === 'push'
    if (!isNew && arrival !== 'traverse') return
    arrival = null
    scrollTo(0, isNew ? 0 : (left.get(navigation.currentEntry?.key ?? '') ?? 0))
    // The link that led here is gone; those who go by keyboard or by ear go on from here.
    holder.current?.focus({ preventScroll: true })
  }, [route])
  return holder
}
