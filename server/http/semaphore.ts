import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import { CallerError } from '../errors.ts'
import type { MakeRoom } from './unsent.ts'

/** Runs some work as soon as a semaphore gives it a turn. Throws 503 if that takes longer than `LONGEST_WAIT_MS`. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** A timeout, after which clients give up too. Those that wait longer for a database that hangs fail together. */
const LONGEST_WAIT_MS = 20_000

/**
 * A concurrency limit: `atOnce` may work at once, and the others wait in the order in which they came. Work that has
 * waited begins with `setImmediate`, so that under any load the event loop also serves heartbeats, which take no turns.
 */
export function createSemaphore(atOnce: number, now = () => performance.now()): InTurn {
  const waiting: (() => void)[] = []
  let free = atOnce
  return async (work) => {
    const cameAt = now()
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      if (now() - cameAt > LONGEST_WAIT_MS) throw tooMany()
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) setImmediate(next)
      else free += 1
    }
  }
}

const tooMany = () =>
  new CallerError('overloaded', 'more is asked than can be answered; ask again, and for less at once')

/** Makes room for the answer before each turn. */
export const withRoom =
  (inTurn: InTurn, makeRoom: MakeRoom): InTurn =>
  (work) =>
    inTurn(() => {
      makeRoom()
      return work()
    })

/** Runs the calls of a batch one by one in a single turn, so that a batch is finished before another begins. */
export function shareTurn(inTurn: InTurn): InTurn {
  const waiting: { begin: () => Promise<void>; reject: (error: unknown) => void }[] = []

  async function workAll(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      await next.begin()
      waiting.shift()
      await yieldToEventLoop()
    }
  }

  function refuse(error: unknown): void {
    for (const { reject } of waiting.splice(0)) reject(error)
  }

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ begin: () => work().then(resolve, reject), reject })
      if (waiting.length === 1) inTurn(workAll).catch(refuse)
    })
}

/** Takes one turn for an answer that is streamed, and gives it back when the answer has left. */
export function turnUntilLeft(inTurn: InTurn, response: Writable): InTurn {
  let begun: Promise<void> | undefined
  const begin = () =>
    new Promise<void>((resolve, reject) => {
      const hold = async () => {
        resolve()
        if (!response.closed && !response.destroyed) await once(response, 'close')
      }
      inTurn(hold).catch(reject)
    })
  return async (work) => {
    begun ??= begin()
    await begun
    return work()
  }
}
