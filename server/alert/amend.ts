import type { AlertAction } from '../delivery/notifier.ts'
import { localTime, roughly } from '../text/time.ts'
import { harmless } from '../text/words.ts'
import { heldUntil, type Mute } from './policy.ts'

/** What has become of an incident since it was told; times in epoch milliseconds. */
export interface Fate extends Mute {
  openedAt: number
  closedAt: number | null
  closeReason: string | null
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  mutedBy: string | null
}

interface Sent {
  title: string
  body: string
  /** Of how many messages this is one. */
  parts: number
  /** One for each service that it tells of, in the order of the lines; none where the service was removed. */
  fates: readonly (Fate | undefined)[]
}

interface Amended {
  title: string
  body: string
  actions: AlertAction[]
}

interface Occasion {
  now: number
  timezone: string
}

/** From so many services on people are named once, below: the lines of such a message are brief. */
const BRIEF_FROM = 20
/** What Telegram takes, in UTF-16 units. */
const LONGEST_MESSAGE = 4_096

/** What a message that told of incidents says once something has become of them. */
export function amend(sent: Sent, occasion: Occasion): Amended {
  const { fates, parts } = sent
  const title = titleOf(sent)
  const bodies = fates.length === 1 && parts === 1 ? singleBodies(sent, occasion) : groupBodies(sent, occasion)
  const fitting = bodies.find((body) => title.length + 1 + body.length <= LONGEST_MESSAGE)
  return { title, body: fitting ?? sent.body, actions: actionsLeft(fates, occasion.now) }
}

/** Not when its service was removed: nobody waits for that to come back. */
const isOpen = (fate: Fate | undefined): fate is Fate & { closedAt: null } => fate?.closedAt === null

function titleOf({ title, fates, parts }: Sent): string {
  const over = fates.filter((fate) => !isOpen(fate)).length
  const these = parts > 1 ? ' of these' : ''
  if (over === 0) return title
  if (over < fates.length) {
    return parts > 1 ? `${title}, ${over} of these over` : stillDown(title, fates.length - over)
  }
  return `${inThePast(title)}${these && `, all${these} over`}`
}

/** `5 services are down` and two are over: `3 of 5 services are still down`. */
const stillDown = (title: string, left: number) =>
  title.replace(/^(🔴 )(\d+ services are) (?:still )?down/u, `$1${left} of $2 still down`)

/** A name may say that it is down, too: what counts is the end of the title. */
const inThePast = (title: string) =>
  title
    .replace(/^🔴/u, '✅')
    .replace(
      / (is|are)(?: still)? down(?: and is flapping)?( \(\d+\/\d+\))?$/,
      (_, verb: string, part: string | undefined) => ` ${verb === 'is' ? 'was' : 'were'} down${part ?? ''}`,
    )

/** The longest first. */
function singleBodies({ body, fates: [fate] }: Sent, occasion: Occasion): string[] {
  const { now, timezone } = occasion
  const lines = [body]
  if (fate && fate.acknowledgedAt !== null) {
    lines.push(`👀 seen${byWhom(fate.acknowledgedBy)}, ${localTime(fate.acknowledgedAt, now, timezone)}`)
  }
  if (isOpen(fate)) lines.push(...muteOf(fate, occasion).map((mute) => `🔕 ${mute}`))
  else if (!fate) lines.push(`🗑 ${REMOVED}`)
  else if (isPaused(fate)) lines.push(`⏸ ${endOf(fate, occasion)}`)
  else lines.push(`🟢 ${endOf(fate, occasion)}, after ${roughly((fate.closedAt ?? now) - fate.openedAt)}`)
  if (fate && !isOpen(fate)) lines.push(...muteOf(fate, occasion).map((mute) => `🔕 still ${mute}`))
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
  // The last of these is as long as the message was.
  const [brief, scant] = [withLines(marked), withLines((line, fate) => line.replace(/^•/, isOpen(fate) ? '•' : '✅'))]
  const bySeen = [...new Set(fates.map((fate) => byWhom(fate?.acknowledgedBy ?? null)).filter(Boolean))]
  const named = bySeen.length === 0 ? brief : `${brief}\n👀 seen${bySeen.join(',')}`
  return fates.length < BRIEF_FROM ? [detailed, brief, scant] : [named, brief, scant]
}

/** What holds of all that are left is said once, below them: the lines stay short. */
function sharedNotes(fates: readonly (Fate | undefined)[], occasion: Occasion): string[] {
  const [first, ...others] = fates.filter(isOpen).map((fate) => notesOn(fate, occasion))
  if (!first || others.length === 0) return []
  return first.filter((note) => others.every((notes) => notes.includes(note)))
}

const withSymbol = (note: string) => `${note.startsWith('seen') ? '👀' : '🔕'} ${note}`

function bulletOf(fate: Fate | undefined, { now }: Occasion): string {
  if (!isOpen(fate)) return '✅'
  if (fate.acknowledgedAt !== null) return '👀'
  return heldUntil(fate, now) === null ? '•' : '🔕'
}

function notesOn(fate: Fate | undefined, occasion: Occasion): string[] {
  if (!fate) return [REMOVED]
  const seen = fate.acknowledgedBy === null ? [] : [`seen${byWhom(fate.acknowledgedBy)}`]
  return [...seen, ...(isOpen(fate) ? muteOf(fate, occasion) : [endOf(fate, occasion)])]
}

const REMOVED = 'no longer watched'

const isPaused = ({ closeReason }: Fate) => closeReason === 'pause'

const endOf = (fate: Fate, { now, timezone }: Occasion) =>
  `${isPaused(fate) ? 'paused' : 'alive again'} at ${localTime(fate.closedAt ?? now, now, timezone)}`

function muteOf(fate: Fate, { now, timezone }: Occasion): string[] {
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
