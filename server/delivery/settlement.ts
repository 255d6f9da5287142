import type { Attempt } from '../../db/messages.ts'
import type { Delivery } from './notifier.ts'

const FIRST_RETRY_MS = 1_000
const LATEST_RETRY_MS = 300_000

/** A settlement is the outcome of a delivery attempt, decided for its message and its target. */
export type Settlement =
  | { kind: 'sent'; reference?: string | undefined }
  | { kind: 'failed'; reason: string }
  | { kind: 'moved'; to: string }
  | { kind: 'waits'; reason: string; unanswered: boolean; retryAt: number }

/** Decides what follows from an attempt. A retry waits as long as the receiver asked, else with exponential backoff. */
export function settlementOf(
  { repeated, failures }: Pick<Attempt, 'repeated' | 'failures'>,
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
  if (delivery.outcome === 'refused' && delivery.permanent) return { kind: 'failed', reason }
  const backoffMs = Math.min(LATEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
  const waitMs = (delivery.outcome === 'refused' ? delivery.retryAfterMs : undefined) ?? backoffMs
  return { kind: 'waits', reason, unanswered: repeated || delivery.outcome === 'lost', retryAt: now + waitMs }
}

/** The name of a settlement in the metrics. */
export function outcomeOf(
  { kind }: Settlement,
  { repeated }: Pick<Attempt, 'repeated'>,
): 'sent' | 'repeated' | 'failed' | 'retried' | 'moved' {
  if (kind === 'sent') return repeated ? 'repeated' : 'sent'
  return kind === 'waits' ? 'retried' : kind
}
