import type { AlertKind, CloseReason } from '../../db/schema.ts'
import type { Letter } from '../delivery/parts.ts'
import { listenedFor, type Outage } from '../lifecycle/listening.ts'
import { endTime, fromTo, precisionOf } from '../text/span.ts'
import { localTime, roughly } from '../text/time.ts'
import { visibleName } from '../text/words.ts'
import { type CauseNews, causeText } from './causeText.ts'
import { endsByAct } from './policy.ts'
import { titleOf } from './titles.ts'

/** What a message says about one incident; times in epoch milliseconds, durations in milliseconds. */
export interface IncidentNews extends CauseNews {
  serviceKey: string
  displayName: string
  group: string | null
  openedAt: number
  closedAt: number | null
  /** When its service was paused or removed, or its alerts were switched off; `null` if none of that is told. */
  endedAt?: number | null
  /** Why it is over, if the message tells of its end. */
  closeReason: CloseReason | null
  /** People know already that it was down. */
  isTold: boolean
  flapping: boolean
  cadenceMs: number | null
  periodMs: number | null
  cron: string | null
}

export interface Occasion {
  now: number
  timezone: string
  iso: (ms: number) => string
  /** Outages of the monitor itself. They do not count as a service's silence. */
  outages?: readonly Outage[]
}

const SECOND_MS = 1_000

/** A message about this many services or more gives each only a name and a time, so that a storm stays short. */
export const BRIEF_FROM = 20

/** Composes one message about incidents that have the same kind of news. */
export function composeAlert(kind: AlertKind, incidents: readonly IncidentNews[], occasion: Occasion): Letter {
  const [first] = incidents
  const isSingle = incidents.length === 1
  const isOver = incidents.every(({ isTold, closedAt }) => !isTold && closedAt !== null)
  const lines = incidents.map((incident) => {
    const name = visibleName(incident.displayName)
    const about = incidents.length < BRIEF_FROM ? details[kind](incident, occasion) : briefly[kind](incident, occasion)
    // The title says already that all of them were down.
    const text = isOver && kind === 'recovered' ? about.replace(/^was down /, '') : about
    return { text: isSingle ? text : `• ${name} — ${text}`, data: dataOf(incident, occasion) }
  })
  const { now, iso } = occasion
  return {
    event: kind,
    title: titleOf({
      kind,
      count: incidents.length,
      name: visibleName(first?.displayName ?? ''),
      flapping: first?.flapping ?? false,
      isOver,
      closeReason: first?.closeReason ?? null,
    }),
    lines,
    data: { at: iso(now) },
  }
}

const details: Record<AlertKind, (incident: IncidentNews, occasion: Occasion) => string> = {
  down: (incident, occasion) =>
    (incident.closedAt === null ? wentDown(incident, occasion) : `was down ${brief(incident, occasion)}`) +
    flappingNote(incident),
  changed: (incident, occasion) => wentDown(incident, occasion),
  recovered: (incident, occasion) => {
    if (incident.closeReason === 'flapping_over') return 'was flapping, and has been steady for 30 minutes'
    return `was down ${incident.isTold ? lasting(incident, occasion).text : brief(incident, occasion)}`
  },
  closed: (incident, occasion) => whyClosed(incident, occasion),
  reminder: ({ openedAt }, { now, timezone }) =>
    `for ${roughly(now - openedAt)}, since ${localTime(openedAt, now, timezone)}`,
}

const briefly: typeof details = {
  down: ({ openedAt, flapping }, { now, timezone }) =>
    localTime(openedAt, now, timezone) + (flapping ? ', is flapping' : ''),
  changed: ({ causeAt }, { now, timezone }) => localTime(causeAt, now, timezone),
  recovered: ({ openedAt, closedAt, isTold }, { now, timezone }) =>
    roughly((closedAt ?? now) - openedAt) + (isTold ? '' : ` at ${localTime(openedAt, now, timezone)}`),
  closed: ({ openedAt, closedAt }, { now }) => roughly((closedAt ?? now) - openedAt),
  reminder: ({ openedAt }, { now }) => roughly(now - openedAt),
}

/** How long it was down, and from when to when. */
function lasting({ openedAt, closedAt }: IncidentNews, { now, timezone }: Occasion) {
  const end = closedAt ?? now
  const whole = { from: openedAt, to: end }
  const precision = precisionOf(whole) === 'minute' ? 'minute' : 'second'
  const clock = (ms: number) => localTime(ms, now, timezone, precision)
  return { clock, text: `for ${roughly(end - openedAt)}, ${fromTo(whole, now, timezone)}` }
}

/** All about an incident that was over before anything was told of it. */
function brief(incident: IncidentNews, occasion: Occasion): string {
  const { clock, text } = lasting(incident, occasion)
  return `${text}, ${causeText(incident, { clock, isTimed: false, isOver: true })}`
}

function whyClosed(incident: IncidentNews, { now, timezone }: Occasion): string {
  const { openedAt, closedAt, endedAt, closeReason } = incident
  const end = endedAt ?? closedAt ?? now
  const isDownUntilThen = closedAt === null || end - closedAt < SECOND_MS
  // Where it flapped, it had recovered before, and that was not told.
  const lasted = isDownUntilThen
    ? `after ${roughly(end - openedAt)}`
    : `was down for ${roughly(closedAt - openedAt)} at ${localTime(openedAt, now, timezone)}`
  switch (closeReason) {
    case 'paused':
      return `paused at ${endTime({ from: openedAt, to: end }, now, timezone)}, ${lasted}`
    case 'removed':
      return `no longer watched, ${lasted}`
    case 'alerts_off':
      return `alerts are switched off, ${lasted}`
    default:
      return 'was flapping, and is not told as such any more'
  }
}

/** Why it is down, and since when, if that was not the reason from the beginning. */
function wentDown(incident: IncidentNews, { now, timezone, outages = [] }: Occasion): string {
  const { reason, openedAt, causeAt, silentSince } = incident
  const clock = (ms: number) => localTime(ms, now, timezone)
  const cause = causeText(incident, { clock })
  if (reason === 'silence') {
    const silentFor = roughly(listenedFor(silentSince, now, outages))
    return `${cause} (${silentFor}), ${expectation(incident, { now, timezone })}`
  }
  return clock(causeAt) === clock(openedAt) ? cause : `${cause}; down since ${clock(openedAt)}`
}

function expectation(
  { cadenceMs, periodMs, cron, openedAt }: IncidentNews,
  { now, timezone }: Pick<Occasion, 'now' | 'timezone'>,
): string {
  if (cron !== null) return `expected by ${localTime(openedAt, now, timezone)}`
  if (periodMs !== null) return `expected every ${roughly(periodMs)}`
  return cadenceMs === null ? 'expected sooner' : `usually every ${roughly(cadenceMs)}`
}

const flappingNote = ({ flapping }: IncidentNews) =>
  flapping
    ? '; it is flapping (5 incidents within an hour), so you hear of it again only if it stays down for 30 minutes'
    : ''

/** The part of the `data` of an alert message that is read again when the message is edited or split. */
export interface AlertData {
  event: AlertKind
  /** The number of this part, from 1, and how many there are. */
  part: number
  parts: number
  services: {
    display_name: string
    flapping: boolean
    reason?: string
    note?: string | null
    reason_since?: string
    recovered_at?: string | null
    close_reason?: CloseReason
  }[]
}

function dataOf(incident: IncidentNews, { now, iso }: Occasion) {
  const { openedAt, closedAt, endedAt, closeReason, silentSince, reason, note, causeAt, flapping } = incident
  const closing: { [key: string]: string } =
    closeReason === null ? {} : { closed_at: iso(endedAt ?? closedAt ?? now), close_reason: closeReason }
  return {
    service_key: incident.serviceKey,
    display_name: incident.displayName,
    group: incident.group,
    down_since: iso(openedAt),
    down_seconds: ((closedAt ?? now) - openedAt) / 1000,
    recovered_at: closedAt === null || endsByAct(closeReason) ? null : iso(closedAt),
    ...closing,
    silent_since: iso(silentSince),
    reason,
    note,
    reason_since: iso(causeAt),
    flapping,
  }
}
