import { heldUntil, type Mute } from '../lifecycle/mute.ts'
import { endTime } from '../text/span.ts'
import { localTime } from '../text/time.ts'
import { harmless } from '../text/words.ts'
import { type CauseNews, causeText } from './causeText.ts'

/** What has become of an incident since it was told; times in epoch milliseconds. */
export interface Fate extends Mute {
  /** Why it is down by now, if that is not what the message tells. */
  cause: CauseNews | null
  openedAt: number
  closedAt: number | null
  closeReason: string | null
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  mutedBy: string | null
}

export interface Occasion {
  now: number
  timezone: string
  /** How many UTF-16 units the channel takes in one message. */
  longest: number
}

/** Whether an incident is still open. A removed service is not coming back, so its incident counts as over. */
export const isOpen = (fate: Fate | undefined): fate is Fate & { closedAt: null } => fate?.closedAt === null

export const causeNotes = (fate: Fate | undefined, occasion: Occasion, longest: number) =>
  fate?.cause ? [`🔁 ${causeNote({ ...fate.cause, isOver: !isOpen(fate) }, occasion, longest)}`] : []

/** `03:10: failed: disk full` */
export function causeNote(
  { isOver, ...cause }: CauseNews & { isOver: boolean },
  { now, timezone }: Occasion,
  longest?: number,
): string {
  const clock = (ms: number) => localTime(ms, now, timezone)
  return `${clock(cause.causeAt)}: ${causeText(cause, { clock, isTimed: false, isOver, longest })}`
}

export function bulletOf(fate: Fate | undefined, { now }: Occasion): string {
  if (!isOpen(fate)) return symbolOfEnd(fate)
  if (fate.acknowledgedAt !== null) return '👀'
  return heldUntil(fate, now) === null ? '•' : '🔕'
}

export function notesOn(fate: Fate | undefined, occasion: Occasion): string[] {
  if (!fate) return [REMOVED]
  const seen = fate.acknowledgedBy === null ? [] : [`seen${byWhom(fate.acknowledgedBy)}`]
  return [...seen, ...(isOpen(fate) ? muteNotes(fate, occasion) : [endOf(fate, occasion)])]
}

export const REMOVED = 'no longer watched'

export const isPaused = (fate: Fate | undefined) => fate?.closeReason === 'pause'

/** Each is one UTF-16 unit, like the bullet that it replaces. */
export const symbolOfEnd = (fate: Fate | undefined) => (isPaused(fate) ? '⏸' : '✅')

export const endOf = (fate: Fate, { now, timezone }: Occasion) =>
  `${isPaused(fate) ? 'paused' : 'alive again'} at ${endTime({ from: fate.openedAt, to: fate.closedAt ?? now }, now, timezone)}`

export function muteNotes(fate: Fate, { now, timezone }: Occasion): string[] {
  const until = heldUntil(fate, now)
  if (until === null) return []
  const time = Number.isFinite(until) ? `until ${localTime(until, now, timezone)}` : 'until it recovers'
  return [`muted ${fate.alertsEnabled ? time : 'for good'}${byWhom(fate.mutedBy)}`]
}

export function byWhom(name: string | null): string {
  const shown = harmless(name ?? '')
  return shown && ` by ${shown}`
}
