import {
  insertAlerts,
  markAnnounced,
  type PendingAlert,
  pendingAlerts,
  withdrawAlertsById,
  withdrawChanged,
} from '../../db/alerts.ts'
import { noteTold } from '../../db/causes.ts'
import { changeClosings, switchedIncidents } from '../../db/closings.ts'
import { requestEdits } from '../../db/edits.ts'
import { lockIncidents, nextReminderAt, scheduleReminders, takeRemindable } from '../../db/incidents.ts'
import type { Trx } from '../../db/schema.ts'
import { MINUTE_MS } from '../../db/units.ts'
import type { DepsInTransaction } from '../deps.ts'
import { heldUntil, muteOf } from '../lifecycle/mute.ts'
import { tellOutagesFirst } from '../outage/announce.ts'
import { closedBy, endsByAct, tellsEnd, whileItWaited } from './policy.ts'
import { tell } from './tell.ts'
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
  await followSwitches(trx, now)
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
    for (const same of Map.groupBy(rows, titleGroup).values()) await tellAndMark(deps, trx, same, now)
    await noteTold(
      trx,
      rows.filter(tellsCause).map((row) => row.incident_id),
      now,
    )
    justTold.push(...rows.filter((row) => beginsDistance(row, now, alertGroupMs)).map((row) => row.incident_id))
  }
  if (remindAfterMs === null) return nextAt
  await scheduleReminders(trx, justTold, now + remindAfterMs)
  const moments = [nextAt, await nextReminderAt(trx)].filter((moment) => moment !== null)
  return moments.length === 0 ? null : Math.min(...moments)
}

/** Alerts that are the same in this share a title. What is down already says something else when it flaps and is over. */
const titleGroup = ({ kind, close_reason: reason, closed_at: closedAt }: PendingAlert) =>
  `${kind} ${reason} ${kind === 'down' && closedAt !== null}`

const tellsCause = ({ kind }: PendingAlert) => kind === 'down' || kind === 'changed'

/** Whether the next reminder counts from here. A reminder that nothing held back keeps its own pace instead. */
const beginsDistance = (row: PendingAlert, now: number, groupMs: number) =>
  tellsCause(row) || (row.kind === 'reminder' && now - row.recorded_at > groupMs + MINUTE_MS)

async function remind(trx: Trx, now: number, remindAfterMs: number): Promise<void> {
  const due = await takeRemindable(trx, { nowMs: now, nextRemindAt: now + remindAfterMs, limit: REMINDERS_AT_ONCE })
  const reminder = { kind: 'reminder' as const, flapping: false, recordedAt: now, notBefore: null, closeReason: null }
  await insertAlerts(
    trx,
    due.map((incidentId) => ({ ...reminder, incidentId })),
  )
}

/** Tells the end of what was told before alerts were switched off, and tells it anew once they are on again. */
async function followSwitches(trx: Trx, now: number): Promise<void> {
  const { silenced, heard } = await switchedIncidents(trx)
  const common = { flapping: false, recordedAt: now }
  const down = { kind: 'down' as const, closeReason: null, notBefore: null }
  await withdrawChanged(trx, silenced)
  await insertAlerts(trx, [
    ...silenced.map((incidentId) => ({ incidentId, ...common, ...closedBy('alerts_off') })),
    ...heard.map((incidentId) => ({ incidentId, ...common, ...down })),
  ])
}

/** Withdraws what is no longer worth sending, e.g. all about an incident that ended while a mute held it back. */
async function withdrawStale(trx: Trx, stored: PendingAlert[], now: number): Promise<PendingAlert[]> {
  const pending = stored.map((row) => whileItWaited(row, now))
  await changeClosings(
    trx,
    pending.filter((row, index) => row !== stored[index]),
  )
  // Nobody was told of it, and a mute holds back what would tell.
  const endedWhileMuted = (row: PendingAlert) =>
    !row.is_told && row.closed_at !== null && heldUntil(muteOf(row), now) !== null
  const untoldIds = new Set(pending.filter(endedWhileMuted).map((row) => row.incident_id))
  const isStale = (row: PendingAlert) =>
    untoldIds.has(row.incident_id) ||
    (row.kind === 'changed' && row.closed_at !== null) ||
    (row.kind === 'reminder' && (row.closed_at !== null || row.acknowledged_at !== null)) ||
    (row.close_reason === 'alerts_off' && row.closed_at === null && row.alerts_enabled)
  await withdrawAlertsById(
    trx,
    pending.filter(isStale).map(({ id }) => id),
  )
  return pending.filter((row) => !isStale(row))
}

/**
 * When the mute that holds an alert back ends, if one does. An end is held only by a mute until a time, and that alerts
 * were switched off is not held at all.
 */
function muteEnd(row: PendingAlert, now: number): number | null {
  if (row.close_reason === 'alerts_off') return null
  return heldUntil(
    { ...muteOf(row), ...(tellsEnd(row.kind) ? { alertsEnabled: true, mutedUntilRecovered: false } : {}) },
    now,
  )
}

function waitingOf(row: PendingAlert, now: number): Waiting & { incidentId: number } {
  const holds = [muteEnd(row, now), endsByAct(row.close_reason) ? null : row.not_before].filter(
    (moment) => moment !== null,
  )
  return {
    id: row.id,
    incidentId: row.incident_id,
    serviceId: row.service_id,
    kind: row.kind,
    recordedAt: row.recorded_at,
    heldUntil: holds.length === 0 ? null : Math.max(...holds),
  }
}

async function tellAndMark(deps: DepsInTransaction, trx: Trx, rows: PendingAlert[], now: number): Promise<void> {
  const inOrder = rows.toSorted((a, b) => a.opened_at - b.opened_at)
  const posted = await tell(deps, trx, inOrder, now)
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
  !tellsEnd(row.kind) && (row.closed_at !== null || row.acknowledged_at !== null || muteEnd(row, now) !== null)
