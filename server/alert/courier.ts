import { type Attempt, beginAttempt } from '../../db/messages.ts'
import type { Db, Trx } from '../../db/schema.ts'
import { claimTarget, releaseTarget, waitsUntil } from '../../db/targets.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Channel } from './channel.ts'
import { logSettlement, storeSettlement } from './settle.ts'
import { settlementOf } from './settlement.ts'

export interface CourierDeps {
  db: Db
  clock: Clock
  log: Log
  /** The name under which this process is connected to the database. */
  holder: string
  /** Asks to be kicked at this moment. */
  wakeAt: (ms: number) => void
}

/** Carries the messages of one target, one at a time and in their order. */
export interface Courier {
  /** There may be something to carry. */
  kick(): void
  /** Waits for the message under way, but not for ever: that it was tried is written down. */
  stop(): Promise<void>
}

/** When to look whether the process that is sending to the target has died. */
const LOOK_AGAIN_MS = 5_000
const LONGEST_STOP_MS = 3_000

export function createCourier(deps: CourierDeps, { target, address, notifier }: Channel): Courier {
  const { db, clock, log, holder } = deps
  const claim = { target, holder }
  let running: Promise<void> | null = null
  let isAsked = false
  let isStopped = false

  async function run(): Promise<void> {
    while (isAsked && !isStopped) {
      isAsked = false
      await carryAll().catch((error) => {
        if (isStopped) return
        log.warn({ err: error, target }, 'could not look for messages; they wait')
        deps.wakeAt(clock.now() + LOOK_AGAIN_MS)
      })
    }
    running = null
  }

  async function carryAll(): Promise<void> {
    if (!(await waitsUntil(db, target))) return
    if (await claimTarget(db, { ...claim, nowMs: clock.now() })) {
      let goesOn = true
      while (goesOn && !isStopped) {
        const attempt = await beginAttempt(db, { ...claim, nowMs: clock.now() })
        goesOn = attempt !== undefined && (await carry(attempt))
      }
      await releaseTarget(db, claim)
    }
    // What is to be tried again, what another server is sending, or what came while this one was letting go.
    const waiting = await waitsUntil(db, target)
    if (!waiting || isStopped) return
    const { retryAt } = waiting
    deps.wakeAt(retryAt !== null && retryAt > clock.now() ? retryAt : clock.now() + LOOK_AGAIN_MS)
  }

  /** @returns whether the next message may follow */
  async function carry(attempt: Attempt): Promise<boolean> {
    const { title, body, repeated, data } = attempt
    // Numbers begin anew with a new database; times do not.
    const id = `${attempt.created_at}-${attempt.id}`
    const to = attempt.moved_to ?? address
    const delivery = await notifier.send(to, { id, title, body, repeated, data })
    const settlement = settlementOf(attempt, to, delivery, clock.now())
    logSettlement(log, settlement, attempt)
    if (settlement.kind === 'waits') deps.wakeAt(settlement.retryAt)
    await insist((trx) => storeSettlement(trx, settlement, attempt, clock.now()))
    return settlement.kind !== 'waits'
  }

  /** Until it is written down, what became of a message is known here alone. */
  async function insist(write: (trx: Trx) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await db.transaction().execute(write)
      } catch (error) {
        if (isStopped) throw error
        log.warn({ err: error, target }, 'could not write down what became of a message; trying again')
        const { promise, resolve } = Promise.withResolvers<void>()
        clock.at(clock.now() + 1_000, resolve)
        await promise
      }
    }
  }

  return {
    kick() {
      isAsked = true
      if (!isStopped) running ??= run()
    },
    async stop() {
      isStopped = true
      const { promise: tooLong, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, LONGEST_STOP_MS)
      await Promise.race([running, tooLong])
      clearTimeout(timer)
    },
  }
}
