import { createRandom } from '../helpers/chaosRandom.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const SEED = 7

export const ZONE = 'Europe/Berlin'

/** A Tuesday morning in Berlin, by its clock: `09:04`. */
export function today(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return Date.UTC(2026, 10, 24) + (hours - 1) * HOUR + minutes * MINUTE
}

export const BEGIN = today('00:00') - 4 * HOUR
export const PAUSED_AT = today('08:55')
export const END = today('09:41') + 38 * SECOND

interface Habit {
  serviceKey: string
  group?: string
  everyMs: number
  /** The share of a gap by which it varies. */
  jitter?: number
  from?: number
  to?: number
  /** When it is not heard, by the clock. */
  silent?: [from: string, to: string]
  settings?: { displayName?: string; schedule?: string; deadAfterSeconds?: number; alertsEnabled?: boolean }
}

const habits: Habit[] = [
  {
    serviceKey: 'orders-api',
    group: 'Shop',
    everyMs: MINUTE,
    jitter: 0.05,
    from: today('08:40'),
    settings: { displayName: 'Orders API' },
  },
  { serviceKey: 'payment-webhooks', group: 'Shop', everyMs: 5 * MINUTE, jitter: 0.04, silent: ['09:05', '10:00'] },
  { serviceKey: 'price-import', group: 'Shop', everyMs: 10 * MINUTE, jitter: 0.25 },
  { serviceKey: 'checkout-worker', group: 'Shop', everyMs: 30 * SECOND, jitter: 0.3, from: today('09:05') },
  { serviceKey: 'nightly-backup', group: 'Data', everyMs: DAY, settings: { schedule: '30 2 * * *' } },
  { serviceKey: 'feed-crawler', group: 'Data', everyMs: 2 * MINUTE, jitter: 0.5, from: today('07:30') },
  { serviceKey: 'search-indexer', group: 'Data', everyMs: 15 * MINUTE, jitter: 0.1, silent: ['09:05', '09:23'] },
  {
    serviceKey: 'legacy-sync',
    group: 'Data',
    everyMs: 10 * MINUTE,
    jitter: 0.1,
    to: today('02:00'),
    settings: { deadAfterSeconds: 4 * 3_600, alertsEnabled: false },
  },
  { serviceKey: 'newsletter-bot', group: 'Bots', everyMs: 5 * MINUTE, jitter: 0.04, silent: ['06:57', '07:30'] },
  { serviceKey: 'trading-bot', group: 'Bots', everyMs: 3 * MINUTE, jitter: 0.1, from: today('06:00'), to: PAUSED_AT },
  { serviceKey: 'staging-api', everyMs: 10 * MINUTE, from: today('09:24'), settings: { displayName: 'Staging API' } },
  { serviceKey: 'stillbeat-bot', everyMs: MINUTE, from: today('08:20') },
]

export interface Heartbeat {
  at: number
  serviceKey: string
}

/** What is set up before anything is heard. */
export const settings = habits.flatMap(({ serviceKey, group, settings }) =>
  group || settings ? [{ serviceKey, ...(group ? { group } : {}), ...settings }] : [],
)

/** All heartbeats of the night, in their order; the same each time. */
export const heartbeats = (): Heartbeat[] => habits.flatMap(beatsOf).sort((a, b) => a.at - b.at)

function beatsOf({ serviceKey, everyMs, jitter = 0, from = BEGIN, to = END, silent, settings }: Habit): Heartbeat[] {
  const random = createRandom(SEED).of(serviceKey)
  if (settings?.schedule) return [{ at: today('02:30') + 52 * SECOND, serviceKey }]
  const [since, until] = silent ? silent.map(today) : []
  const isSilent = (at: number) => since !== undefined && until !== undefined && at > since && at < until
  const beats: Heartbeat[] = []
  for (let at = from + random.between(0, 20 * SECOND); at < to; at += everyMs * (1 + random.between(-jitter, jitter))) {
    if (!isSilent(at)) beats.push({ at: Math.round(at), serviceKey })
  }
  return beats
}
