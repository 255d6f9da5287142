import { type Attempt, beginAttempt, messagesWaitUntil } from '../../db/attempts.ts'
import { beginEdit, editsWaitUntil } from '../../db/edits.ts'
import type { Trx } from '../../db/schema.ts'
import { releaseLease, takeLease } from '../../db/targets.ts'
import type { Ground } from '../ground.ts'
import { inTransaction } from '../inTransaction.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Channel } from './channel.ts'
import { attemptEdit, type EditDeps, storeEdit } from './edit.ts'
import { messageId } from './messageId.ts'
import { logSettlement, type SplitMessage, storeSettlement } from './settle.ts'
import { outcomeOf, settlementOf } from './settlement.ts'

export interface CourierDeps extends EditDeps, Pick<Ground, 'db' | 'absence' | 'metrics'> {
  jobs: Pick<Jobs, 'announce'>
  /** The name of this process's database connections. It is in the lease, and shows others whether the holder lives. */
  holder: string
  halves: SplitMessage
}

/**
 * A courier is the outbox worker of one target. It takes a lease on the target, sends its messages one at a time, and retries
 * failed ones with backoff. A message that is refused again and again lets others pass; those about one service keep their
 * order. When no message can be sent, it edits sent ones.
 */
export interface Courier {
  /** Looks for messages and edits, and carries them. */
  kick(): void
  /** Waits a few seconds at most for the message under way. Its attempt is stored: it may have arrived. */
  stop(): Promise<void>
}

/** How soon to look again if another process holds the lease (it may have died), or if the database failed. */
const LOOK_AGAIN_MS = 5_000
const LONGEST_STOP_MS = 3_000

export function createCourier(deps: CourierDeps, { target, address, notifier }: Channel): Courier {
  const { db, clock, log, absence, holder, halves } = deps
  const lease = { target, holder }
  let running: Promise<void> | null = null
  let isAsked = false
  let isStopped = false

  async function run(): Promise<void> {
    while (isAsked && !isStopped) {
      isAsked = false
      await carryAll().catch((error) => {
        if (isStopped) return
        absence.noted(error, `could not look for messages to ${target}; they wait`)
        deps.jobs.announce.wakeAt(clock.now() + LOOK_AGAIN_MS)
      })
    }
    running = null
  }

  async function carryAll(): Promise<void> {
    if (!(await waiting())) return
    if (await takeLease(db, { ...lease, nowMs: clock.now() })) {
      let goesOn = true
      while (goesOn && !isStopped) {
        const attempt = await beginAttempt(db, { ...lease, address, nowMs: clock.now() })
        goesOn = attempt ? await carry(attempt) : await carryEdit()
      }
      await wakeForRetry()
      await releaseLease(db, lease)
    }
    // What still waits has a retry ahead, is held by another server, or came during the release.
    const isRetry = await wakeForRetry()
    if (isRetry === false && !isStopped) deps.jobs.announce.wakeAt(clock.now() + LOOK_AGAIN_MS)
  }

  /** @returns whether what is next waits for a retry that is ahead; undefined if nothing waits */
  async function wakeForRetry(): Promise<boolean | undefined> {
    const left = await waiting()
    if (!left) return
    const { retryAt } = left
    const isAhead = retryAt !== null && retryAt > clock.now()
    if (isAhead) deps.jobs.announce.wakeAt(retryAt)
    return isAhead
  }

  /** When there is something to carry next (`null`: now); undefined if nothing waits. */
  async function waiting(): Promise<{ retryAt: number | null } | undefined> {
    const messages = await messagesWaitUntil(db, target)
    const edits = notifier.edit && (await editsWaitUntil(db, target))
    return (messages?.retryAt ?? 0) <= (edits?.retryAt ?? 0) ? (messages ?? edits) : (edits ?? messages)
  }

  /** @returns whether the next message may follow */
  async function carry(attempt: Attempt): Promise<boolean> {
    const { title, body, repeated, data, reply_to: replyTo } = attempt
    const to = attempt.moved_to ?? address
    const message = { id: messageId(attempt), title, body, repeated, data, ...(replyTo === null ? {} : { replyTo }) }
    const delivery = await notifier.send(to, message)
    const settlement = settlementOf(attempt, to, delivery, clock.now())
    logSettlement(log, settlement, attempt)
    deps.metrics.delivered(target, outcomeOf(settlement, attempt))
    await retryUntilWritten((trx) => storeSettlement(trx, settlement, attempt, { to, now: clock.now(), halves }))
    return !('retryAt' in settlement)
  }

  /** @returns whether another edit may follow */
  async function carryEdit(): Promise<boolean> {
    const { edit } = notifier
    const begun = edit && (await beginEdit(db, { ...lease, nowMs: clock.now() }))
    if (!begun) return false
    const settlement = await attemptEdit(deps, begun, begun.moved_to ?? address, {
      edit,
      longestMessage: notifier.longestMessage,
    })
    if (settlement.kind === 'waits') deps.jobs.announce.wakeAt(settlement.retryAt)
    await retryUntilWritten((trx) => storeEdit(trx, settlement, begun))
    return settlement.kind !== 'waits'
  }

  /** Retries each second, since the outcome of a message is known only here until it is stored. */
  async function retryUntilWritten(write: (trx: Trx) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await inTransaction(deps, (_deps, trx) => write(trx))
      } catch (error) {
        if (isStopped) throw error
        absence.noted(error, `could not write down what became of a message to ${target}; trying again`)
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
