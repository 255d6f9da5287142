import type { Service } from './about.ts'

type Judged = Pick<Service, 'paused' | 'status'>

export const isPaused = (one: Judged) => one.paused
export const isDown = (one: Judged) => !one.paused && one.status === 'down'
export const isWaiting = (one: Judged) => !one.paused && one.status === 'unknown'
export const isAlive = (one: Judged) => !one.paused && one.status === 'alive'

/** Counts services by status, such as `🔴 2 down · 🟢 1 alive`, the most urgent first. */
export function summarizeServices(services: readonly Judged[]): string {
  const kinds = [
    ['🔴', isDown, 'down'],
    ['⏳', isWaiting, 'waiting'],
    ['⏸', isPaused, 'paused'],
    ['🟢', isAlive, 'alive'],
  ] as const
  return inWords(kinds.map(([symbol, is, word]) => [symbol, services.filter(is).length, word]))
}

/** Makes the same line of the API's counts, in which paused services count under their status. */
export const summarizeCounts = ({ down, unknown, alive }: { down: number; unknown: number; alive: number }) =>
  inWords([
    ['🔴', down, 'down'],
    ['⏳', unknown, 'waiting'],
    ['🟢', alive, 'alive'],
  ])

function inWords(counted: [symbol: string, count: number, word: string][]): string {
  const said = counted.filter(([, count]) => count > 0).map((one) => one.join(' '))
  return said.join(' · ') || '⚫ None is alive'
}
