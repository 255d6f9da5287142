import { delayEdits, dropEdit, type Edit, finishEdit } from '../../db/edits.ts'
import type { Db, Trx } from '../../db/schema.ts'
import { moveTarget } from '../../db/targets.ts'
import { type ToldIncident, toldIncidents } from '../../db/told.ts'
import { amend, type Fate } from '../alert/amend.ts'
import { muteOf } from '../alert/policy.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { messageId } from './messageId.ts'
import type { Delivery, Notifier, Outgoing } from './notifier.ts'
import { type Settlement, settlementOf } from './settlement.ts'

export interface EditDeps {
  db: Db
  clock: Clock
  log: Log
  timezone: string
}

/** Makes a message that was sent show what has become of its incidents by now. */
export async function attemptEdit(
  deps: EditDeps,
  edit: Edit & { failures: number },
  to: string,
  notifier: Pick<Required<Notifier>, 'edit'>,
): Promise<Settlement> {
  // In the chat that a group has become its messages have other numbers, which nobody knows.
  const isThere = edit.sent_to === to
  const delivery: Delivery = isThere
    ? await notifier.edit(to, edit.reference, await amended(deps, edit))
    : { outcome: 'refused', reason: 'it is in a chat that has moved', permanent: true }
  const settlement = settlementOf({ repeated: false, failures: edit.failures }, to, delivery, deps.clock.now())
  deps.log.debug({ target: edit.target, ...settlement }, `edit of: ${edit.title}`)
  return settlement
}

async function amended({ db, clock, timezone }: EditDeps, edit: Edit): Promise<Outgoing> {
  const { title, body, data, announcement_id: announcementId, part } = edit
  const incidents = new Map(
    (await toldIncidents(db, { announcementId, part })).map((incident) => [incident.line, incident]),
  )
  const fates = (data.services as unknown[]).map((_, line) => fateOf(incidents.get(line)))
  const sent = { title, body, parts: data.parts as number, fates }
  return { id: messageId(edit), repeated: false, data, ...amend(sent, { now: clock.now(), timezone }) }
}

function fateOf(incident: ToldIncident | undefined): Fate | undefined {
  return (
    incident && {
      openedAt: incident.opened_at,
      closedAt: incident.closed_at,
      closeReason: incident.close_reason,
      acknowledgedAt: incident.acknowledged_at,
      acknowledgedBy: incident.acknowledged_by,
      mutedBy: incident.muted_by,
      ...muteOf(incident),
    }
  )
}

/** Writes down what became of an edit. It is never a failure of its target: what matters to people are the messages. */
export async function storeEdit(trx: Trx, settlement: Settlement, edit: Edit): Promise<void> {
  switch (settlement.kind) {
    case 'sent':
      await finishEdit(trx, edit)
      break
    case 'waits':
      await delayEdits(trx, edit.target, settlement.retryAt)
      break
    case 'moved':
      await moveTarget(trx, edit.target, settlement.to)
      await dropEdit(trx, edit)
      break
    case 'failed':
      await dropEdit(trx, edit)
  }
}
