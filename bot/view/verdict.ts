import type { Service } from './about.ts'

type Judged = Pick<Service, 'paused' | 'status'>

export const isPaused = (one: Judged) => one.paused
export const isDown = (one: Judged) => !one.paused && one.status === 'down'
export const isWaiting = (one: Judged) => !one.paused && one.status === 'unknown'
export const isAlive = (one: Judged) => !one.paused && one.status === 'alive'

/** How many of each, the most urgent first. */
export function verdict(services: readonly Judged[]): string {
  const kinds = [
    ['🔴', isDown, 'down'],
    ['⏳', isWaiting, 'waiting'],
    ['⏸', isPaused, 'paused'],
    ['🟢', isAlive, 'alive'],
  ] as const
  const counted = kinds.map(([symbol, is, word]) => ({ symbol, word, count: services.filter(is).length }))
  const said = counted.filter(({ count }) => count > 0).map(({ symbol, count, word }) => `${symbol} ${count} ${word}`)
  return said.join(' · ') || '⚫ None is alive'
}
