import { rhythmWithNext } from '../../server/text/rhythm.ts'
import { roughly } from '../../server/text/time.ts'
import { whyDown } from '../../server/text/whyDown.ts'
import { cut, harmless } from '../../server/text/words.ts'
import { at } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'

export type Service = RouterOutputs['status']['services'][number]
export type Settings = RouterOutputs['services']['get']

const symbols = { down: '🔴', unknown: '⏳', alive: '🟢', dead: '⚫' }

export const symbolOf = ({ paused, status }: Pick<Service, 'paused' | 'status'>): string =>
  paused ? '⏸' : symbols[status]

const statuses = Object.keys(symbols)

/** A smaller number is more urgent. */
export const urgency = ({ paused, status }: Service): number => (paused ? statuses.length : statuses.indexOf(status))

/** Natural sort order: `Region 2` comes before `Region 10`. */
export const inOrder = new Intl.Collator('en', { numeric: true }).compare

/** Sorts by urgency, the most urgent first. */
export const byUrgency = (a: Service, b: Service): number =>
  urgency(a) - urgency(b) || inOrder(a.displayName, b.displayName)

/** Says when a service is expected: `daily 03:00 Berlin, next in 5 h`. */
export const rhythm = (service: Service, now: string): string => harmless(rhythmWithNext(service, Date.parse(now)), 200)

/** The same with the grace that was declared. */
export function rhythmAndGrace(service: Service, settings: Settings | undefined, now: string): string {
  const { graceSeconds } = settings ?? {}
  return rhythm(service, now) + (graceSeconds ? `, grace ${roughly(graceSeconds * 1000)}` : '')
}

/** Says how a service failed, with a note of up to `limit`. That a service is silent goes without saying. */
export function failure({ downReason: reason, downNote: note, runStartedAt }: Service, now: string, limit: number) {
  if (reason === undefined || reason === 'silence') return ''
  return whyDown({ reason, note, startedAt: runStartedAt && at(runStartedAt, now) }, limit)
}

/** Lists settings, one line each. Defaults are left out. */
export function aboutSettings(settings: Settings, now: string): string[] {
  const { kind, aliases, deadAfterSeconds, metadata, lastMetadata } = settings
  return [
    muteLine(settings, now),
    kind && `kind: ${harmless(kind)}`,
    deadAfterSeconds !== null && `dead after ${roughly(deadAfterSeconds * 1000)}`,
    aliases.length > 0 && `also known as ${aliases.map((alias) => harmless(alias)).join(', ')}`,
    ...[metadata, lastMetadata].map(asText),
  ].filter((line) => line !== false && line !== null && line !== '') as string[]
}

export function muteLine({ alertsEnabled, mutedUntil, mutedBy }: Settings, now: string): string {
  const by = mutedBy ? ` by ${harmless(mutedBy, 40)}` : ''
  if (!alertsEnabled) return `🔕 muted for good${by}`
  if (mutedUntil === 'recovered') return `🔕 muted until it recovers${by}`
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > Date.parse(now)
  return isMuted ? `🔕 muted until ${at(mutedUntil, now)}${by}` : ''
}

const LONGEST_METADATA = 300

function asText(value: Settings['metadata']): string {
  return value === null || JSON.stringify(value) === '{}'
    ? ''
    : cut(harmless(JSON.stringify(value), LONGEST_METADATA), LONGEST_METADATA)
}
