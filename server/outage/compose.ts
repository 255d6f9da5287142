import type { Letter } from '../delivery/parts.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { between } from '../text/precision.ts'
import { localTime, roughly } from '../text/time.ts'
import { plural } from '../text/words.ts'

export interface OutageCounts {
  rearmed: number
  late: number
}

export interface OutageNews extends OutageCounts {
  /** How long the monitor was away, without the time between outages that are told together. */
  lastedMs: number
}

/** Composes the message about an outage of the monitor itself. It names no services: they are in the alerts. */
export function composeOutage(
  { fromMs, toMs }: Outage,
  { rearmed, late, lastedMs }: OutageNews,
  { now, timezone, iso }: { now: number; timezone: string; iso: (ms: number) => string },
): Letter {
  const [from, to] = [fromMs, toMs].map((ms) => localTime(ms, now, timezone, between(fromMs, toMs)))
  const were = (count: number) => (count === 1 ? 'was' : 'were')
  return {
    event: 'outage',
    title: `⚪ I was not listening ${from}–${to} (${roughly(lastedMs)})`,
    lines: [
      { text: `${plural(rearmed, 'service')} re-armed: that time counts as nobody's silence` },
      { text: late === 0 ? 'none was late before' : `${late} ${were(late)} already late` },
    ],
    data: {
      at: iso(now),
      from: iso(fromMs),
      to: iso(toMs),
      seconds: lastedMs / 1000,
      services_rearmed: rearmed,
      services_late: late,
    },
  }
}
