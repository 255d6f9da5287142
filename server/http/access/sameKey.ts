import { hash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => hash('sha256', text, 'buffer')

/** Compares with the key in constant time, so that timing reveals nothing. The hashes give both the same length. */
export function createKeyMatch(key: string): (given: string) => boolean {
  const wanted = digest(key)
  return (given) => timingSafeEqual(digest(given), wanted)
}
