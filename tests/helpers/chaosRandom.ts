/** Random numbers that repeat with the same seed. */
export interface Random {
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** Random numbers for one actor, so that its decisions do not depend on when others make theirs. */
  of(actor: string): Random
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  /** The generator mulberry32. */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    of: (actor) =>
      createRandom([...actor].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16_777_619), seed)),
  }
}
