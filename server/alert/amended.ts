import type { Edit } from '../../db/edits.ts'
import { countTold, type ToldIncident, toldIncidents } from '../../db/told.ts'
import type { Ground } from '../ground.ts'
import { muteOf } from '../lifecycle/mute.ts'
import { visibleName } from '../text/words.ts'
import { type Amended, amend, type Sent } from './amend.ts'
import type { CauseNews } from './causeText.ts'
import type { AlertData } from './compose.ts'
import type { Fate } from './fate.ts'

/** Reads what has become of the incidents of a sent message, and rewrites the message. */
export async function amendedMessage(
  { db, clock, config }: Pick<Ground, 'db' | 'clock' | 'config'>,
  edit: Edit,
  longest: number,
): Promise<Amended> {
  const { announcement_id: announcementId, part, first_line: firstLine } = edit
  const data = edit.data as unknown as AlertData
  const lines = data.services.length
  const incidents = await toldIncidents(db, { announcementId, part, firstLine, lines })
  const count = data.parts === 1 ? lines : await countTold(db, edit)
  const sent = sentOf({ body: edit.body, data, firstLine: firstLine ?? 0 }, incidents, count)
  return amend(sent, { now: clock.now(), timezone: config.timezone, longest })
}

function sentOf(
  { body, data, firstLine }: { body: string; data: AlertData; firstLine: number },
  incidents: readonly ToldIncident[],
  count: number,
): Sent {
  const byLine = new Map(incidents.map((incident) => [incident.line, incident]))
  const { event: kind, part, parts, services } = data
  const [first] = services
  return {
    kind,
    count,
    name: visibleName(first?.display_name ?? ''),
    flapping: first?.flapping ?? false,
    body,
    part,
    parts,
    fates: services.map((told, line) => fateOf(byLine.get(firstLine + line), told)),
  }
}

type ToldService = AlertData['services'][number]

function fateOf(incident: ToldIncident | undefined, told: ToldService): Fate | undefined {
  return (
    incident && {
      cause: newCauseOf(incident, told),
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

/** The cause of an incident, if the message tells another one. What an older version sent tells the first. */
function newCauseOf({ reason, note, ...incident }: ToldIncident, told: ToldService): CauseNews | null {
  const { cause_at: causeAt, opened_at: openedAt, silent_since: silentSince } = incident
  const toldAt = told.reason_since === undefined ? openedAt : Date.parse(told.reason_since)
  const isTold = causeAt === null || (causeAt <= toldAt && reason === told.reason && note === told.note)
  return isTold ? null : { reason, note, causeAt, silentSince }
}
