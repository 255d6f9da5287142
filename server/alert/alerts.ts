import { insertAlerts, markAnnounced, type PendingAlert, pendingAlerts, withdrawAlertsById } from '../../db/alerts.ts'
import { requestEdits } from '../../db/edits.ts'
import { lockIncidents, nextReminderAt, scheduleReminders, takeRemindable } from '../../db/incidents.ts'
import type { Trx } from '../../db/schema.ts'
import { enqueue } from '../delivery/outbox.ts'
import type { DepsInTransaction } from '../deps.ts'
import { heldUntil, muteOf } from '../lifecycle/mute.ts'
import { tellOutagesFirst } from '../outage/announce.ts'
import { shownName } from '../status/names.ts'
import { namesakesOf } from '../status/namesakes.ts'
import { composeAlert, type IncidentNews } from './compose.ts'
import { dueGroups, type Waiting } from './window.ts'

const REMINDERS_AT_ONCE = 1_000

/**
 * Composes the alerts and reminders that are due, and puts them into the outbox. Alerts of one kind that came close
 * together share a message.
 *
 * @returns when the next one is due; `null` if none is
 */
export async function announceAlerts(deps: DepsInTransaction, trx: Trx, now: number): Promise<number | null> {
  const { alertGroupMs, remindAfterMs } = deps.config
  if (remindAfterMs !== null) await remind(trx, now, remindAfterMs)
  const waiting = await withdrawStale(trx, await pendingAlerts(trx), now)
  const { groups, nextAt } = dueGroups(
    waiting.map((row) => waitingOf(row, now)),
    now,
    alertGroupMs,
  )
  if (groups.length > 0) await tellOutagesFirst(deps, trx, now)
  const justTold: number[] = []
  for (const group of groups) {
    const ids = group.map(({ id }) => id)
    await lockIncidents(
      trx,
      group.map(({ incidentId }) => incidentId),
    )
    // Read again under the lock: a service may have been paused meanwhile.
    const rows = await withdrawStale(trx, await pendingAlerts(trx, ids), now)
    await tellOf(deps, trx, rows, now)
    for (const { kind, incident_id } of rows) if (kind === 'down') justTold.push(incident_id)
  }
  if (remindAfterMs === null) return nextAt
  await scheduleReminders(trx, justTold, now + remindAfterMs)
  const moments = [nextAt, await nextReminderAt(trx)].filter((moment) => moment !== null)
  return moments.length === 0 ? null : Math.min(...moments)
}

async function remind(trx: Trx, now: number, remindAfterMs: number): Promise<void> {
  const due = await takeRemindable(trx, { nowMs: now, nextRemindAt: now + remindAfterMs, limit: REMINDERS_AT_ONCE })
  const reminder = { kind: 'reminder' as const, flapping: false, recordedAt: now, notBefore: null }
  await insertAlerts(
    trx,
    due.map((incidentId) => ({ ...reminder, incidentId })),
  )
}

/** Withdraws what is no longer worth sending, e.g. all about an incident that ended while a mute held it back. */
async function withdrawStale(trx: Trx, pending: PendingAlert[], now: number): Promise<PendingAlert[]> {
  const endedWhileMuted = (row: PendingAlert) =>
    row.kind === 'down' && row.closed_at !== null && muteEnd(row, now) !== null
  const untoldIds = new Set(pending.filter(endedWhileMuted).map((row) => row.incident_id))
  const isStale = (row: PendingAlert) =>
    untoldIds.has(row.incident_id) ||
    (row.kind === 'reminder' && (row.closed_at !== null || row.acknowledged_at !== null)) ||
    (row.kind === 'recovered' && !row.alerts_enabled)
  await withdrawAlertsById(
    trx,
    pending.filter(isStale).map(({ id }) => id),
  )
  return pending.filter((row) => !isStale(row))
}

/** When the mute that holds an alert back ends, if one does. A mute "until it recovers" does not hold the recovery. */
function muteEnd(row: PendingAlert, now: number): number | null {
  const mute = muteOf(row)
  return heldUntil({ ...mute, mutedUntilRecovered: mute.mutedUntilRecovered && row.kind !== 'recovered' }, now)
}

function waitingOf(row: PendingAlert, now: number): Waiting & { incidentId: number } {
  const holds = [muteEnd(row, now), row.not_before].filter((moment) => moment !== null)
  return {
    id: row.id,
    incidentId: row.incident_id,
    serviceId: row.service_id,
    kind: row.kind,
    recordedAt: row.recorded_at,
    heldUntil: holds.length === 0 ? null : Math.max(...holds),
  }
}

async function tellOf(deps: DepsInTransaction, trx: Trx, rows: PendingAlert[], now: number): Promise<void> {
  const [first] = rows
  if (!first) return
  const shared = await namesakesOf(trx, rows)
  const inOrder = rows.toSorted((a, b) => a.opened_at - b.opened_at)
  const incidents = inOrder.map((row) => toldOf(row, shared))
  const letter = composeAlert(first.kind, incidents, {
    now,
    timezone: deps.config.timezone,
    iso: deps.iso,
    outages: deps.ledger.outages(),
  })
  const posted = await enqueue(deps, trx, letter, { at: now })
  if (!posted) return
  const { announcementId, parts } = posted
  const places = parts.flatMap(({ data }, part) => data.services.map((_, line) => ({ part, line })))
  await markAnnounced(
    trx,
    announcementId,
    inOrder.map(({ id: alertId }, index) => ({ alertId, ...(places[index] as (typeof places)[number]) })),
  )
  const changed = rows.filter((row) => hasChanged(row, now)).map((row) => row.incident_id)
  await requestEdits(trx, changed, now, announcementId)
}

/** Whether the incident has changed in a way that the message, as it was composed, does not show. */
const hasChanged = (row: PendingAlert, now: number) =>
  row.kind !== 'recovered' && (row.closed_at !== null || row.acknowledged_at !== null || muteEnd(row, now) !== null)

function toldOf(row: PendingAlert, shared: ReadonlySet<string>): IncidentNews {
  return {
    serviceKey: row.key,
    displayName: shownName(row, shared),
    group: row.group_name,
    openedAt: row.opened_at,
    silentSince: row.silent_since,
    closedAt: row.closed_at,
    reason: row.reason,
    note: row.note,
    flapping: row.flapping,
    cadenceMs: row.cadence_ms,
    periodMs: row.period_ms,
    cron: row.cron,
  }
}
