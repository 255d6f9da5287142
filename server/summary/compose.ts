import type { Letter } from '../delivery/parts.ts'
import { localTime, roughly } from '../text/time.ts'
import { harmless, plural } from '../text/words.ts'
import type { SummaryContent } from './collect.ts'

/** UTF-16 units of names on one line. The others are only counted. */
const LONGEST_LINE = 600

type Line = Letter['lines'][number]
type Named = { serviceKey: string; displayName: string }

/** Composes the daily message: what needs attention, then what waits for data, then the healthy ones on one line. */
export function composeSummary(content: SummaryContent, timezone: string): Letter {
  const now = Date.parse(content.at)
  const at = (iso: string) => localTime(Date.parse(iso), now, timezone)
  const lifted = [
    ...section('🔴 Down', 'down', content.down, (one) => {
      const seen = one.acknowledged ? `, seen${one.acknowledgedBy ? ` by ${harmless(one.acknowledgedBy)}` : ''}` : ''
      return `since ${at(one.since)} (${roughly(one.seconds * 1000)})${seen}${one.muted ? ', muted' : ''}`
    }),
    ...section('⚫ Newly dead', 'newly_dead', content.newlyDead, ({ lastHeartbeat }) =>
      lastHeartbeat === null ? 'never heard' : `last heard ${at(lastHeartbeat)}`,
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
  ]
  const lines = [
    ...lifted,
    ...oneLine('⏳ Waiting for data', content.waiting, ({ heartbeatsNeeded }) => ` (${heartbeatsNeeded} more)`),
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
    data: { at: content.at, date: content.date, since: content.since, counts: content.counts },
  }
}

function verdict({ counts }: SummaryContent, lifted: Line[]): string {
  // A service that is in several sections counts once.
  const needing = new Set(lifted.flatMap(({ data }) => data?.service_key ?? data?.target ?? [])).size
  if (needing > 0) return needing === 1 ? '1 needs attention' : `${needing} need attention`
  const all = counts.alive + counts.down + counts.dead + counts.unknown
  if (all === 0) return 'no service yet; a first heartbeat registers one'
  return counts.dead > 0 ? 'nothing new' : 'all is well'
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
