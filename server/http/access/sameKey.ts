import { hash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => hash('sha256', text, 'buffer')

/** Compares with the key in a time that tells nothing about it. */
export function createKeyMatch(key: string): (given: string) => boolean {
  const wanted = digest(key)
  return (given) => timingSafeEqual(digest(given), wanted)
}
