import { useSyncExternalStore } from 'react'
import { type Route, routeOf } from './route.ts'

const subscribe = (onChange: () => void) => {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

let current = routeOf(location.hash)
let currentHash = location.hash

/** The same object as long as the address is the same. */
function readRoute(): Route {
  if (location.hash !== currentHash) {
    currentHash = location.hash
    current = routeOf(currentHash)
  }
  return current
}

export const useRoute = () => useSyncExternalStore(subscribe, readRoute)

/** Changes the address of this view without a step in the browser's history. */
export function replaceHash(hash: string): void {
  history.replaceState(null, '', hash)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
