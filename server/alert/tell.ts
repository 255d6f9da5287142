import type { PendingAlert } from '../../db/alerts.ts'
import type { Trx } from '../../db/schema.ts'
import { enqueue } from '../delivery/outbox.ts'
import type { DepsInTransaction } from '../deps.ts'
import { shownName } from '../status/names.ts'
import { namesakesOf } from '../status/namesakes.ts'
import { composeAlert, type IncidentNews } from './compose.ts'
import { endsByAct, tellsEnd } from './policy.ts'

/** Puts one message about alerts of the same kind into the outbox, in the order of the given rows. */
export async function tell(
  deps: DepsInTransaction,
  trx: Trx,
  rows: readonly PendingAlert[],
  now: number,
): ReturnType<typeof enqueue> {
  const [first] = rows
  if (!first) return null
  const shared = await namesakesOf(trx, rows)
  const incidents = rows.map((row) => newsOf(row, shared))
  const { timezone } = deps.config
  const letter = composeAlert(first.kind, incidents, { now, timezone, iso: deps.iso, outages: deps.ledger.outages() })
  // Where alerts can be edited, the alert itself shows that it is over.
  const channels = first.kind === 'closed' ? deps.channels.filter(({ notifier }) => !notifier.edit) : deps.channels
  return enqueue({ channels }, trx, letter, { at: now })
}

function newsOf(row: PendingAlert, shared: ReadonlySet<string>): IncidentNews {
  return {
    serviceKey: row.key,
    displayName: shownName(row, shared),
    group: row.group_name,
    openedAt: row.opened_at,
    silentSince: row.silent_since,
    causeAt: row.cause_at ?? row.opened_at,
    closedAt: row.closed_at,
    endedAt: endsByAct(row.close_reason) ? row.recorded_at : null,
    isTold: row.is_told,
    closeReason: tellsEnd(row.kind) ? (row.close_reason ?? 'recovered') : null,
    reason: row.reason,
    note: row.note,
    flapping: row.flapping,
    cadenceMs: row.cadence_ms,
    periodMs: row.period_ms,
    cron: row.cron,
  }
}
