import { roughly } from '../../server/text/time.ts'
import { harmless, plural } from '../../server/text/words.ts'
import type { Lines } from '../answer/listing.ts'
import { asOf, at } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { failure, inOrder, rhythm, type Service } from './about.ts'
import { isAlive, isDown, isPaused, isWaiting, summarizeCounts, summarizeServices } from './counts.ts'
import { namesIn } from './names.ts'
import { sectionsOf, underHeading } from './sections.ts'

type Down = RouterOutputs['summary']['down'][number]

export interface Overview extends Pick<RouterOutputs['status'], 'now' | 'services'> {
  /** The services that are down, with what people did about them. */
  down: readonly Down[]
  registryUrl: string
  /** Counts of all services. Given if `services` has only those that are down or waiting. */
  counts?: RouterOutputs['status']['counts']
}

/** The bot's own heartbeat, which does not count as a first service. */
const OWN_KEY = 'stillbeat-bot'

/** A few screens of a phone. If there are more services, those that are not down are shown by name alone. */
const MOST_LINES = 20

/**
 * Lists services: first those that are down, then by group those that wait or are alive. Dead ones are only counted.
 */
export function statusLines({ now, services, down, registryUrl, counts }: Overview): Lines {
  if (!counts && services.every(({ serviceKey }) => serviceKey === OWN_KEY))
    return { title: 'No service yet', lines: firstSteps(registryUrl) }
  const shown = services.filter(({ status }) => status !== 'dead')
  const name = namesIn(services)
  const acts = new Map(down.map((one) => [one.serviceKey, one]))
  const downs = shown.filter(isDown).sort(byAge)
  const why = (one: Service) => (downs.length > MOST_LINES ? '' : reasonLine(one, now))
  const others = sectionsOf(shown.filter((one) => !isDown(one))).flatMap(({ title, members }) =>
    underHeading(title, linesOf(members, { name, now, isBrief: shown.length > MOST_LINES })),
  )
  const dead = counts?.dead ?? services.length - shown.length
  const unnamed = counts ? counts.down + counts.unknown - shown.length : 0
  const ending = [
    ...(dead > 0 ? [`\n⚫ ${plural(dead, 'dead one')} left out: /status_full`] : []),
    ...(unnamed > 0 ? [`\nand ${unnamed} more that are down or waiting`] : []),
    ...(counts ? [`\n🟢 ${counts.alive} are alive, too many to name`] : []),
    asOf(now),
  ]
  const lines = [
    ...downs.map((one) => ({ text: downLine(one, name(one), acts.get(one.serviceKey), now) + why(one) })),
    ...others,
    ...ending.map((text) => ({ text })),
  ]
  const title = [counts ? summarizeCounts(counts) : summarizeServices(shown), muted(shown)].filter(Boolean).join(' · ')
  return { title, lines }
}

/** Sorts by age, the oldest first. */
const byAge = (a: Service, b: Service) =>
  Date.parse(a.statusSince) - Date.parse(b.statusSince) || inOrder(a.displayName, b.displayName)

const firstSteps = (url: string) => [
  { text: 'A first heartbeat registers one:' },
  { text: `curl -X POST '${url}/heartbeat?service_key=my-service'` },
]

/** Marks a muted service. */
const bell = ({ muted }: Service) => (muted ? ' 🔕' : '')

function muted(services: readonly Service[]): string {
  const count = services.filter((one) => one.muted).length
  return count === 0 ? '' : `🔕 ${count} muted`
}

function downLine(one: Service, name: string, act: Down | undefined, now: string): string {
  const forMs = Date.parse(now) - Date.parse(one.statusSince)
  const seen = act?.acknowledged ? ` 👀${act.acknowledgedBy ? ` ${harmless(act.acknowledgedBy, 40)}` : ''}` : ''
  const group = one.group === null ? '' : ` · ${harmless(one.group, 40)}`
  return `🔴 ${name} — ${roughly(forMs)}, since ${at(one.statusSince, now)}${group}${seen}${bell(one)}`
}

/** UTF-16 units of what a failed job said: about two lines of a phone. */
const LONGEST_NOTE = 90

const reasonLine = (one: Service, now: string) => failure(one, now, LONGEST_NOTE).replace(/^(?=.)/, '\n      ')

function linesOf(
  members: readonly Service[],
  { name, now, isBrief }: { name: (one: Service) => string; now: string; isBrief: boolean },
): string[] {
  const waiting = members.filter(isWaiting)
  const paused = members.filter(isPaused)
  const alive = members.filter(isAlive)
  if (isBrief) {
    return [
      ...flowing(
        '⏳',
        waiting.map((one) => `${name(one)}${bell(one)} (${rhythm(one, now)})`),
      ),
      ...flowing('⏸', paused.map(name)),
      ...flowing(
        '🟢',
        alive.map((one) => name(one) + bell(one)),
      ),
    ]
  }
  return [
    ...waiting.map((one) => `⏳ ${name(one)}${bell(one)} — ${rhythm(one, now)}`),
    ...paused.map((one) => `⏸ ${name(one)} — paused`),
    ...alive.map((one) => `🟢 ${name(one)}${bell(one)} — ${one.lastHeartbeatReadable ?? 'not heard yet'}`),
  ]
}

/** In UTF-16 units: much shorter than a message, since pages break only between lines. */
const LONGEST_LINE = 600

function flowing(symbol: string, names: readonly string[]): string[] {
  const lines: string[] = []
  let line = symbol
  for (const [index, name] of names.entries()) {
    const next = ` ${name}${index < names.length - 1 ? ',' : ''}`
    if (line.length + next.length > LONGEST_LINE) {
      lines.push(line)
      line = symbol
    }
    line += next
  }
  return names.length === 0 ? [] : [...lines, line]
}
