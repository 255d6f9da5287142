import { type Attempt, releaseSetAside, settleMessage } from '../../db/attempts.ts'
import type { Message } from '../../db/messages.ts'
import type { Trx } from '../../db/schema.ts'
import { hasTakenSince, type Piece, releasePieces, splitMessage } from '../../db/splits.ts'
import { delayTarget, moveTarget, noteFailure, noteSuccess } from '../../db/targets.ts'
import type { Log } from '../log.ts'
import type { Settlement } from './settlement.ts'

/** Stores the settlement of an attempt: the state of its message, and success or failure of its target. */
export async function storeSettlement(
  trx: Trx,
  settlement: Settlement,
  attempt: Attempt,
  { to, now, halves }: { to: string; now: number; halves: SplitMessage },
): Promise<void> {
  const { id, target, repeated, copies, refusals } = attempt
  switch (settlement.kind) {
    case 'sent': {
      const { reference } = settlement
      const values = { unanswered: false, error: null, settledAt: now, reference, sentTo: to }
      await settleMessage(trx, id, { state: 'sent', ...values })
      await releaseSetAside(trx, target)
      await releasePieces(trx, attempt)
      await noteSuccess(trx, target)
      break
    }
    case 'failed': {
      const { reason: error } = settlement
      const pieces = settlement.ofMessage && !repeated ? halves(attempt) : null
      if (pieces) await splitMessage(trx, attempt, { pieces, error, nowMs: now })
      else await settleMessage(trx, id, { state: 'failed', unanswered: false, error, settledAt: now })
      // Only this message was refused, so the target's backoff ends.
      await noteSuccess(trx, target)
      break
    }
    case 'moved':
      await settleMessage(trx, id, {
        ...{ state: 'pending', unanswered: repeated, error: null, settledAt: null },
        ...{ copies: copies - 1, refusals: refusals - 1 },
      })
      await moveTarget(trx, target, settlement.to)
      break
    case 'givenUp': {
      const { reason: error, retryAt } = settlement
      await settleMessage(trx, id, { state: 'failed', unanswered: true, error, settledAt: now })
      await noteFailure(trx, target, now, retryAt)
      break
    }
    case 'waits': {
      if (await split(trx, settlement, attempt, { now, halves })) break
      const { reason: error, unanswered, retryAt, setAsideUntil, ...counts } = settlement
      const values = { unanswered, error, settledAt: null, retryAt: setAsideUntil }
      await settleMessage(trx, id, {
        state: 'pending',
        ...values,
        copies: counts.copies,
        refusals: counts.refusals,
      })
      await noteFailure(trx, target, now, retryAt)
    }
  }
}

/** Splits a message into two that tell the same; `null` if it cannot be split. */
export type SplitMessage = (message: Pick<Message, 'title' | 'body' | 'data'>) => Piece[] | null

/**
 * Splits a message that would be set aside, so that the service whose line is refused does not keep others silent. Once it
 * is split, only what others got through shows that the target is there, and that splitting further helps. What may have
 * arrived stays whole, since its pieces would be told again.
 */
async function split(
  trx: Trx,
  { setAsideUntil, unanswered, reason, retryAt }: Extract<Settlement, { kind: 'waits' }>,
  attempt: Attempt,
  { now, halves }: { now: number; halves: SplitMessage },
): Promise<boolean> {
  if (setAsideUntil === null || unanswered) return false
  const pieces = halves(attempt)
  const { target, first_line: firstLine, created_at: createdAt } = attempt
  if (!pieces || (firstLine !== null && !(await hasTakenSince(trx, target, createdAt)))) return false
  await splitMessage(trx, attempt, { pieces, error: reason, nowMs: now })
  await delayTarget(trx, target, now, retryAt)
  return true
}

export function logSettlement(log: Log, settlement: Settlement, { target, title, repeated }: Attempt): void {
  switch (settlement.kind) {
    case 'sent':
      log[target === 'log' ? 'debug' : 'info']({ target, repeated }, `told: ${title}`)
      break
    case 'moved':
      log.warn({ target, to: settlement.to }, 'this chat has a new id, which is remembered')
      break
    case 'failed':
    case 'givenUp':
      log.error({ target, reason: settlement.reason }, `refused, and not tried again as it is: ${title}`)
      break
    case 'waits': {
      const retryAt = new Date(settlement.setAsideUntil ?? settlement.retryAt).toISOString()
      log.warn({ target, reason: settlement.reason, retryAt }, `did not get through, and is tried again: ${title}`)
    }
  }
}
