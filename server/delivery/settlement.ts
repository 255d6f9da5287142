import type { Attempt } from '../../db/attempts.ts'
import { MOST_COPIES, PASSED_AFTER } from '../../db/copies.ts'
import { HOUR_MS, MINUTE_MS } from '../../db/units.ts'
import type { Delivery } from './notifier.ts'

const FIRST_RETRY_MS = 1_000
const LATEST_RETRY_MS = 300_000
const LONGEST_ASIDE_MS = 12 * HOUR_MS
/** How long a message is set aside from its third copy on: past a restart of the receiver, and past half a day. */
const SET_ASIDE_MS = [MINUTE_MS, 30 * MINUTE_MS, LONGEST_ASIDE_MS]

/** A settlement is the outcome of a delivery attempt, decided for its message and its target. */
export type Settlement =
  | { kind: 'sent'; reference?: string | undefined }
  | { kind: 'failed'; reason: string; ofMessage?: boolean }
  | { kind: 'moved'; to: string }
  | Waits
  /** The receiver may have seen so many copies of it that no more are sent. The target waits like after any failure. */
  | { kind: 'givenUp'; reason: string; retryAt: number }

interface Waits {
  kind: 'waits'
  reason: string
  unanswered: boolean
  /** When the target is tried again, with whatever message. */
  retryAt: number
  /** Until when this message lets others pass; `null` if it does not. */
  setAsideUntil: number | null
  copies: number
  refusals: number
}

/** Decides what follows from an attempt. A retry waits as long as the receiver asked, else with exponential backoff. */
export function settlementOf(
  attempt: Pick<Attempt, 'repeated' | 'failures' | 'copies' | 'refusals'>,
  address: string,
  delivery: Delivery,
  now: number,
): Settlement {
  if (delivery.outcome === 'sent') return { kind: 'sent', reference: delivery.reference }
  if (delivery.outcome === 'moved') {
    const { to } = delivery
    return to === address ? { kind: 'failed', reason: `it moved to where it is: ${to}` } : { kind: 'moved', to }
  }
  const { reason } = delivery
  if (delivery.outcome === 'refused' && delivery.permanent) {
    return delivery.ofMessage ? { kind: 'failed', reason, ofMessage: true } : { kind: 'failed', reason }
  }
  return afterFailure(attempt, delivery, now)
}

function afterFailure(
  { repeated, failures, ...attempt }: Parameters<typeof settlementOf>[0],
  delivery: Exclude<Delivery, { outcome: 'sent' | 'moved' }>,
  now: number,
): Settlement {
  const { reason } = delivery
  const { unseen = false, retryAfterMs } = delivery.outcome === 'refused' ? delivery : {}
  const backoffMs = Math.min(LATEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
  const retryAt = now + Math.max(retryAfterMs ?? backoffMs, FIRST_RETRY_MS)
  const unanswered = repeated || delivery.outcome === 'lost'
  // Who says how long to wait has not taken it.
  const isCopy = !unseen && retryAfterMs === undefined
  const copies = attempt.copies - (isCopy ? 0 : 1)
  const refusals = attempt.refusals - (unseen ? 1 : 0)
  if (isCopy && copies >= MOST_COPIES) {
    const doubt = unanswered ? ', and may have arrived' : ''
    return { kind: 'givenUp', reason: `given up after ${copies} attempts${doubt}: ${reason}`, retryAt }
  }
  const aside = SET_ASIDE_MS[isCopy ? Math.max(0, copies - PASSED_AFTER) : 0] ?? LONGEST_ASIDE_MS
  const isSetAside = !unseen && refusals >= PASSED_AFTER
  const setAsideUntil = isSetAside ? Math.max(retryAt, now + aside) : null
  return { kind: 'waits', reason, unanswered, retryAt, setAsideUntil, copies, refusals }
}

/** The name of a settlement in the metrics. */
export function outcomeOf(
  { kind }: Settlement,
  { repeated }: Pick<Attempt, 'repeated'>,
): 'sent' | 'repeated' | 'failed' | 'retried' | 'moved' {
  if (kind === 'sent') return repeated ? 'repeated' : 'sent'
  if (kind === 'givenUp') return 'failed'
  return kind === 'waits' ? 'retried' : kind
}
