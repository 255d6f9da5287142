import type { Letter } from '../delivery/parts.ts'
import { openRunWords, runLimitWords } from '../text/runs.ts'
import { span, spans } from '../text/span.ts'
import { localTime, roughly } from '../text/time.ts'
import { whyDown } from '../text/whyDown.ts'
import { harmless, plural } from '../text/words.ts'
import type { SummaryContent } from './collect.ts'

/** UTF-16 units of names on one line. The others are only counted. */
const LONGEST_LINE = 600
/** Lines about services that were down and are not. The others are only counted. */
const LONGEST_PAST = 60

/** UTF-16 units of what a failed job said. */
const LONGEST_NOTE = 150

type Line = Letter['lines'][number]
type Past = SummaryContent['wasDown'][number]
type Named = { serviceKey: string; displayName: string }

/**
 * Composes the daily message: what needs attention, then what was down and is over, then what waits for data, then the
 * healthy ones on one line.
 */
export function composeSummary(content: SummaryContent, timezone: string): Letter {
  const now = Date.parse(content.at)
  const at = (iso: string) => localTime(Date.parse(iso), now, timezone)
  const lifted = [
    ...section('🔴 Down', 'down', content.down, (one) => {
      const seen = one.acknowledged ? `, seen${one.acknowledgedBy ? ` by ${harmless(one.acknowledgedBy)}` : ''}` : ''
      const acts = seen + (one.muted ? ', muted' : '')
      const startedAt = one.runStartedAt === null ? undefined : at(one.runStartedAt)
      const why = `, ${whyDown({ ...one, startedAt }, LONGEST_NOTE)}`
      // What others wrote comes last, since nobody knows where it ends.
      return `since ${at(one.since)} (${roughly(one.seconds * 1000)})${one.note === null ? why + acts : acts + why}`
    }),
    ...section('⚫ Newly dead', 'newly_dead', content.newlyDead, ({ lastHeartbeat }) =>
      lastHeartbeat === null ? 'never heard' : `last heard ${at(lastHeartbeat)}`,
    ),
    ...section('🏃 Not ended', 'open_runs', content.openRuns, ({ startedAt, usualSeconds }) =>
      openRunWords(
        at(startedAt),
        runLimitWords({ usualMs: usualSeconds === null ? null : usualSeconds * 1000, maxMs: null }),
      ),
    ),
    ...section('👀 Asks for a look', 'attention', content.attention, (one) =>
      one.note === null ? at(one.at) : `${harmless(one.note, 200)} (${at(one.at)})`,
    ),
    ...section(
      '🔁 Flapping',
      'flapping',
      content.flapping,
      ({ incidents }) => `${plural(incidents, 'incident')} in a day`,
    ),
    ...section('💤 Not heard for long', 'inactive', content.inactive, (one) => `silent since ${at(one.silentSince)}`),
    ...undelivered(content),
    ...notBackedUp(content, at),
  ]
  const lines = [
    ...lifted,
    ...pastOf(content, timezone),
    ...oneLine(
      '⏳ Waiting for data',
      content.waiting,
      ({ heartbeatsNeeded, expected }) => ` (${expected === null ? `${heartbeatsNeeded} more` : harmless(expected)})`,
    ),
    ...oneLine('🟢 Alive', content.alive),
    ...oneLine('⏸ Paused', content.paused),
    ...oneLine('⚫ Dead', content.dead),
  ]
  const day = new Date(`${content.date}T12:00:00Z`)
  const date = day.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
  return {
    event: 'summary',
    title: `📋 ${date}: ${verdict(content, lifted)}`,
    lines,
    data: {
      ...{ at: content.at, date: content.date, since: content.since, counts: content.counts },
      was_down: content.wasDown.length,
    },
  }
}

function verdict({ counts, wasDown }: SummaryContent, lifted: Line[]): string {
  // A service that is in several sections counts once.
  const needing = new Set(lifted.flatMap(({ data }) => data?.service_key ?? data?.target ?? []))
  const past = wasDown.filter(({ serviceKey }) => !needing.has(serviceKey)).length
  const news = [
    needing.size > 0 && (needing.size === 1 ? '1 needs attention' : `${needing.size} need attention`),
    past > 0 && wereDown(past, needing.size > 0),
  ].filter(Boolean)
  if (news.length > 0) return news.join(', ')
  const all = counts.alive + counts.down + counts.dead + counts.unknown
  if (all === 0) return 'no service yet; a first heartbeat registers one'
  return counts.dead > 0 ? 'nothing new' : 'all is well'
}

/** What also needs attention is not counted twice, though all that was down is listed. */
function wereDown(count: number, isRest: boolean): string {
  const others = isRest ? (count === 1 ? ' other' : ' others') : ''
  return `${count}${others} ${count === 1 ? 'was' : 'were'} down`
}

function section<T extends Named>(title: string, name: string, services: T[], about: (one: T) => string): Line[] {
  if (services.length === 0) return []
  return [
    { text: `${title} (${services.length})` },
    ...services.map((one) => ({
      text: `• ${harmless(one.displayName)} — ${about(one)}`,
      data: { section: name, service_key: one.serviceKey, display_name: one.displayName },
    })),
  ]
}

/** What was down since the last summary and is over. */
function pastOf({ wasDown, at }: SummaryContent, timezone: string): Line[] {
  if (wasDown.length === 0) return []
  const more = wasDown.length - LONGEST_PAST
  return [
    { text: `🕓 Since the last summary (${wasDown.length})` },
    ...wasDown.slice(0, LONGEST_PAST).map(({ newest, ...one }) => ({
      text: `• ${harmless(one.displayName)} — was down ${whenDown({ newest, ...one }, at, timezone)}`,
      data: {
        ...{ section: 'was_down', service_key: one.serviceKey, display_name: one.displayName },
        ...{ incidents: one.incidents, seconds: one.seconds, from: one.since, to: newest.at(-1)?.to ?? at },
      },
    })),
    ...(more > 0 ? [{ text: `• and ${more} more` }] : []),
  ]
}

function whenDown({ incidents, since, seconds, newest }: Past, at: string, timezone: string): string {
  const read = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) })
  const times = spans(
    newest.map(({ from, to }) => read(from, to)),
    Date.parse(at),
    timezone,
  )
  // The note of a single incident has room.
  const single = incidents === 1
  const each = newest.map((one, index) => {
    const why = whyDown(one, single ? LONGEST_NOTE : 0)
    const more = [one.muted && 'muted', one.ended === 'paused' && '⏸ paused']
    return `${times[index]} (${[roughly(one.seconds * 1000), why, ...more].filter(Boolean).join(', ')})`
  })
  if (incidents === newest.length) return each.join(', ')
  const last = newest.at(-1)
  const all = span(read(since, last?.to ?? at), Date.parse(at), timezone)
  return `${incidents} times, ${all} (${roughly(seconds * 1000)} in all), last ${each.at(-1)}`
}

function undelivered({ failingDeliveries }: SummaryContent): Line[] {
  if (failingDeliveries.length === 0) return []
  return [
    { text: `📪 Not delivered (${failingDeliveries.length})` },
    ...failingDeliveries.map(({ target, failed, pending, error }) => {
      const counts = [failed && `${failed} refused`, pending && `${pending} waiting`].filter(Boolean).join(', ')
      return {
        text: `• ${target} — ${counts}${error === null ? '' : `: ${harmless(error, 200)}`}`,
        data: { section: 'failing_deliveries', target, failed, pending, error },
      }
    }),
  ]
}

function notBackedUp({ failingBackup }: SummaryContent, at: (iso: string) => string): Line[] {
  if (failingBackup === null) return []
  const { error, lastAt, folder } = failingBackup
  const last = lastAt === null ? 'there is none yet' : `the last one is of ${at(lastAt)}`
  return [
    { text: '💾 No backup' },
    {
      text: `• ${harmless(folder, 200)} — ${last}: ${harmless(error, 200)}`,
      data: { section: 'failing_backup', target: 'backup', error, last_at: lastAt },
    },
  ]
}

function oneLine<T extends Named>(title: string, services: T[], about: (one: T) => string = () => ''): Line[] {
  if (services.length === 0) return []
  let text = `${title} (${services.length}): `
  for (const [index, one] of services.entries()) {
    const next = `${index > 0 ? ', ' : ''}${harmless(one.displayName)}${about(one)}`
    if (text.length + next.length > LONGEST_LINE) {
      return [{ text: `${text} and ${services.length - index} more` }]
    }
    text += next
  }
  return [{ text }]
}
