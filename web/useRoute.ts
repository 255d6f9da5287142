import { useSyncExternalStore } from 'react'
import { type Route, routeOf } from './route.ts'

const subscribe = (onChange: () => void) => {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

let current = routeOf(location.hash)
let currentHash = location.hash

/** Reads the address. It returns the same object while the address is the same, as useSyncExternalStore needs. */
function readRoute(): Route {
  if (location.hash !== currentHash) {
    currentHash = location.hash
    current = routeOf(currentHash)
  }
  return current
}

export const useRoute = () => useSyncExternalStore(subscribe, readRoute)

/** Changes the address without a new entry in the browser's history. */
export function replaceHash(hash: string): void {
  history.replaceState(null, '', hash)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
