import type { AlertAction } from '../delivery/notifier.ts'
import { numbered } from '../delivery/parts.ts'
import { heldUntil } from '../lifecycle/mute.ts'
import { localTime, roughly } from '../text/time.ts'
import { BRIEF_FROM } from './compose.ts'
import {
  bulletOf,
  byWhom,
  causeNote,
  causeNotes,
  endOf,
  type Fate,
  isOpen,
  isPaused,
  muteNotes,
  notesOn,
  type Occasion,
  REMOVED,
  symbolOfEnd,
} from './fate.ts'
import { type Titled, titleInThePast, titleOf, titleOfRest } from './titles.ts'

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

/** Rewrites a sent message to show what has become of its incidents, in as much detail as the channel has room for. */
export function amend(sent: Sent, occasion: Occasion): Amended {
  const { fates, count } = sent
  const title = amendedTitle(sent)
  const bodies = count === 1 ? singleBodies(sent, occasion) : groupBodies(sent, occasion)
  const fitting = bodies.find((body) => title.length + 1 + body.length <= occasion.longest)
  return { title, body: fitting ?? sent.body, actions: actionsLeft(fates, occasion.now) }
}

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
  if (fate?.cause) lines.push(`🔁 ${causeNote({ ...fate.cause, isOver: !isOpen(fate) }, occasion)}`)
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

/** How much a line of a message about several may say of a new cause, in UTF-16 units of what the job said. */
const NOTE_LENGTHS = [200, 60]

function groupBodies({ body, fates }: Sent, occasion: Occasion): string[] {
  const lines = body.split('\n')
  const withLines = (amended: (line: string, fate: Fate | undefined) => string) =>
    lines.map((line, index) => amended(line, fates[index])).join('\n')
  const marked = (line: string, fate: Fate | undefined) => line.replace(/^•/, bulletOf(fate, occasion))
  const detailed = (causesOf: NotesOn) => {
    const notesOf: NotesOn = (fate) => [...causesOf(fate), ...notesOn(fate, occasion)]
    const shared = sharedNotes(fates, notesOf)
    const notes = (fate: Fate | undefined) => notesOf(fate).filter((note) => !shared.includes(note))
    const own = withLines((line, fate) => [marked(line, fate), ...notes(fate)].join('; '))
    return [own, shared.map(withSymbol).join('; ')].filter(Boolean).join('\n')
  }
  const brief = (causesOf: NotesOn) => withLines((line, fate) => [marked(line, fate), ...causesOf(fate)].join('; '))
  // `scant` is exactly as long as the sent body.
  const scant = withLines((line, fate) => line.replace(/^•/, isOpen(fate) ? '•' : symbolOfEnd(fate)))
  const bySeen = [...new Set(fates.map((fate) => byWhom(fate?.acknowledgedBy ?? null)).filter(Boolean))]
  const seen = bySeen.length === 0 ? '' : `\n👀 seen${bySeen.join(',')}`
  const causes: NotesOn[] = NOTE_LENGTHS.map((longest) => (fate) => causeNotes(fate, occasion, longest))
  const bodies =
    fates.length < BRIEF_FROM
      ? [...causes, none].map(detailed)
      : [...causes, none].map((causesOf) => brief(causesOf) + seen)
  return [...bodies, brief(none), scant]
}

type NotesOn = (fate: Fate | undefined) => string[]

const none: NotesOn = () => []

/** The notes that all open incidents share. They are shown once, below the lines, which keeps the lines short. */
function sharedNotes(fates: readonly (Fate | undefined)[], notesOf: NotesOn): string[] {
  const [first, ...others] = fates.filter(isOpen).map(notesOf)
  if (!first || others.length === 0) return []
  return first.filter((note) => others.every((notes) => notes.includes(note)))
}

function withSymbol(note: string): string {
  if (note.startsWith('🔁')) return note
  return `${note.startsWith('seen') ? '👀' : '🔕'} ${note}`
}

function actionsLeft(fates: Sent['fates'], now: number): AlertAction[] {
  const open = fates.filter(isOpen)
  if (open.length === 0) return []
  const isUnseen = open.some(({ acknowledgedAt }) => acknowledgedAt === null)
  const isUnmuted = open.some((fate) => heldUntil(fate, now) === null)
  return [...(isUnseen ? ['acknowledge' as const] : []), 'why', isUnmuted ? 'mute' : 'unmute']
}
