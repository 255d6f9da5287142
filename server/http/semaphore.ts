import { setImmediate as breath } from 'node:timers/promises'
import { CallerError } from '../errors.ts'

/** Does some work as soon as it has a turn; throws 503 if that comes too late. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Nobody waits for an answer much longer. And what a database that hangs holds up does not wait for each other's time limit. */
const LONGEST_WAIT_MS = 20_000

/**
 * Lets so many work at once; the others wait in the order in which they came. Who has waited begins in a turn of the
 * event loop of its own, so that however much is asked, what takes no turns is answered in between.
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

/** Of what belongs together all is done in one turn, one after another. */
export function together(inTurn: InTurn): InTurn {
  const waiting: { begin: () => Promise<void>; reject: (error: unknown) => void }[] = []

  async function workOff(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      await next.begin()
      waiting.shift()
      await breath()
    }
  }

  function refuse(error: unknown): void {
    for (const { reject } of waiting.splice(0)) reject(error)
  }

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ begin: () => work().then(resolve, reject), reject })
      if (waiting.length === 1) inTurn(workOff).catch(refuse)
    })
}
