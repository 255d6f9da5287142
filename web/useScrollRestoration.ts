import { useLayoutEffect, useRef } from 'react'
import type { Route } from './route.ts'

/** The scroll position at which each entry of the browser's history was left, by the entry's key. */
const positions = new Map<string, number>()
let arrival: NavigationType | null = null

globalThis.navigation?.addEventListener('navigate', ({ navigationType }) => {
  const { currentEntry } = navigation
  if (currentEntry) positions.set(currentEntry.key, scrollY)
  arrival = navigationType
})

/**
 * Restores the scroll position after Back and Forward; a new view begins at its top. @returns a ref for the view's
 * element
 */
export function useScrollRestoration(route: Route) {
  const holder = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each address is a new arrival
  useLayoutEffect(() => {
    const isNew = arrival === 'push'
    if (!isNew && arrival !== 'traverse') return
    arrival = null
    scrollTo(0, isNew ? 0 : (positions.get(navigation.currentEntry?.key ?? '') ?? 0))
    // The link that had the focus is gone. Keyboards and screen readers go on from the view.
    holder.current?.focus({ preventScroll: true })
  }, [route])
  return holder
}
