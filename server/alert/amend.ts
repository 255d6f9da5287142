import type { AlertAction } from '../delivery/notifier.ts'
import { numbered } from '../delivery/parts.ts'
import { heldUntil, type Mute } from '../lifecycle/mute.ts'
import { localTime, roughly } from '../text/time.ts'
import { harmless } from '../text/words.ts'
import { BRIEF_FROM } from './compose.ts'
import { type Titled, titleInThePast, titleOf, titleOfRest } from './titles.ts'

/** What has become of an incident since it was told; times in epoch milliseconds. */
export interface Fate extends Mute {
  openedAt: number
  closedAt: number | null
  closeReason: string | null
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  mutedBy: string | null
}

export interface Sent extends Titled {
  body: string
  /** The number of this part, from 1, and how many there are. */
  part: number
  parts: number
  /** The fate of each service that it tells of, in the order of the lines; `undefined` where the service was removed. */
  fates: readonly (Fate | undefined)[]
}

export interface Amended {
  title: string
  body: string
  actions: AlertAction[]
}

interface Occasion {
  now: number
  timezone: string
  /** How many UTF-16 units the channel takes in one message. */
  longest: number
}

/** Rewrites a sent message to show what has become of its incidents, in as much detail as the channel has room for. */
export function amend(sent: Sent, occasion: Occasion): Amended {
  const { fates, count } = sent
  const title = amendedTitle(sent)
  const bodies = count === 1 ? singleBodies(sent, occasion) : groupBodies(sent, occasion)
  const fitting = bodies.find((body) => title.length + 1 + body.length <= occasion.longest)
  return { title, body: fitting ?? sent.body, actions: actionsLeft(fates, occasion.now) }
}

/** Whether an incident is still open. A removed service is not coming back, so its incident counts as over. */
const isOpen = (fate: Fate | undefined): fate is Fate & { closedAt: null } => fate?.closedAt === null

/** Writes the new title. A part of a longer message counts only its own services, and keeps its part number. */
function amendedTitle(sent: Sent): string {
  const { fates, part, parts } = sent
  const over = fates.filter((fate) => !isOpen(fate)).length
  if (over === 0) return numbered(titleOf(sent), part, parts)
  if (over === fates.length) {
    return numbered(titleInThePast(sent, fates.every(isPaused)), part, parts) + (parts > 1 ? ', all of these over' : '')
  }
  return parts > 1
    ? `${numbered(titleOf(sent), part, parts)}, ${over} of these over`
    : titleOfRest(sent, fates.length - over)
}

/** The bodies to choose from, the longest first. */
function singleBodies({ body, fates: [fate] }: Sent, occasion: Occasion): string[] {
  const { now, timezone } = occasion
  const lines = [body]
  if (fate && fate.acknowledgedAt !== null) {
    lines.push(`👀 seen${byWhom(fate.acknowledgedBy)}, ${localTime(fate.acknowledgedAt, now, timezone)}`)
  }
  if (isOpen(fate)) lines.push(...muteNotes(fate, occasion).map((mute) => `🔕 ${mute}`))
  else if (!fate) lines.push(`🗑 ${REMOVED}`)
  else if (isPaused(fate)) lines.push(`⏸ ${endOf(fate, occasion)}`)
  else lines.push(`🟢 ${endOf(fate, occasion)}, after ${roughly((fate.closedAt ?? now) - fate.openedAt)}`)
  if (fate && !isOpen(fate)) lines.push(...muteNotes(fate, occasion).map((mute) => `🔕 still ${mute}`))
  return [lines.join('\n'), body]
}

function groupBodies({ body, fates }: Sent, occasion: Occasion): string[] {
  const lines = body.split('\n')
  const withLines = (amended: (line: string, fate: Fate | undefined) => string) =>
    lines.map((line, index) => amended(line, fates[index])).join('\n')
  const marked = (line: string, fate: Fate | undefined) => line.replace(/^•/, bulletOf(fate, occasion))
  const shared = sharedNotes(fates, occasion)
  const notes = (fate: Fate | undefined) => notesOn(fate, occasion).filter((note) => !shared.includes(note))
  const own = withLines((line, fate) => [marked(line, fate), ...notes(fate)].join('; '))
  const detailed = [own, shared.map(withSymbol).join('; ')].filter(Boolean).join('\n')
  const brief = withLines(marked)
  // `scant` is exactly as long as the sent body.
  const scant = withLines((line, fate) => line.replace(/^•/, isOpen(fate) ? '•' : symbolOfEnd(fate)))
  const bySeen = [...new Set(fates.map((fate) => byWhom(fate?.acknowledgedBy ?? null)).filter(Boolean))]
  const named = bySeen.length === 0 ? brief : `${brief}\n👀 seen${bySeen.join(',')}`
  return fates.length < BRIEF_FROM ? [detailed, brief, scant] : [named, brief, scant]
}

/** The notes that all open incidents share. They are shown once, below the lines, which keeps the lines short. */
function sharedNotes(fates: readonly (Fate | undefined)[], occasion: Occasion): string[] {
  const [first, ...others] = fates.filter(isOpen).map((fate) => notesOn(fate, occasion))
  if (!first || others.length === 0) return []
  return first.filter((note) => others.every((notes) => notes.includes(note)))
}

const withSymbol = (note: string) => `${note.startsWith('seen') ? '👀' : '🔕'} ${note}`

function bulletOf(fate: Fate | undefined, { now }: Occasion): string {
  if (!isOpen(fate)) return symbolOfEnd(fate)
  if (fate.acknowledgedAt !== null) return '👀'
  return heldUntil(fate, now) === null ? '•' : '🔕'
}

function notesOn(fate: Fate | undefined, occasion: Occasion): string[] {
  if (!fate) return [REMOVED]
  const seen = fate.acknowledgedBy === null ? [] : [`seen${byWhom(fate.acknowledgedBy)}`]
  return [...seen, ...(isOpen(fate) ? muteNotes(fate, occasion) : [endOf(fate, occasion)])]
}

const REMOVED = 'no longer watched'

const isPaused = (fate: Fate | undefined) => fate?.closeReason === 'pause'

/** Each is one UTF-16 unit, like the bullet that it replaces. */
const symbolOfEnd = (fate: Fate | undefined) => (isPaused(fate) ? '⏸' : '✅')

const endOf = (fate: Fate, { now, timezone }: Occasion) =>
  `${isPaused(fate) ? 'paused' : 'alive again'} at ${localTime(fate.closedAt ?? now, now, timezone)}`

function muteNotes(fate: Fate, { now, timezone }: Occasion): string[] {
  const until = heldUntil(fate, now)
  if (until === null) return []
  const time = Number.isFinite(until) ? `until ${localTime(until, now, timezone)}` : 'until it recovers'
  return [`muted ${fate.alertsEnabled ? time : 'for good'}${byWhom(fate.mutedBy)}`]
}

function byWhom(name: string | null): string {
  const shown = harmless(name ?? '')
  return shown && ` by ${shown}`
}

function actionsLeft(fates: Sent['fates'], now: number): AlertAction[] {
  const open = fates.filter(isOpen)
  if (open.length === 0) return []
  const isUnseen = open.some(({ acknowledgedAt }) => acknowledgedAt === null)
  const isUnmuted = open.some((fate) => heldUntil(fate, now) === null)
  return [...(isUnseen ? ['acknowledge' as const] : []), 'why', isUnmuted ? 'mute' : 'unmute']
}
