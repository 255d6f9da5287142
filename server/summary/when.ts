import { zoned } from '../text/time.ts'

/** When summaries go out: daily at a time of day in a zone, or at an interval to try them out. */
export interface SummaryPlan {
  /** `HH:MM` */
  time: string
  timezone: string
  /** The interval; `null` for daily. */
  everyMs: number | null
}

export interface Slot {
  /** The subject of its announcement, which is unique, so that it goes out once. */
  subject: string
  at: number
}

/** The slot of this day (or interval) if it has begun, and when the next one begins. */
export function slotsAround(plan: SummaryPlan, now: number): { current: Slot | null; nextAt: number } {
  return plan.everyMs === null ? dailySlots(plan, now) : regularSlots(plan.everyMs, now)
}

function dailySlots({ time, timezone }: SummaryPlan, now: number): { current: Slot | null; nextAt: number } {
  const here = zoned(now, timezone)
  const [today, zone] = [here.toPlainDate(), here.timeZoneId]
  // A time that a clock change skips comes later by as much as the clock jumps. A repeated time comes the first time.
  const atOn = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
  // Yesterday's slot may fall on today: a clock change at midnight skips the last hour of yesterday.
  const slots = [-1, 0, 1].map((days) => {
    const date = today.add({ days })
    return { subject: `summary:${date}`, at: atOn(date) }
  })
  const current = slots.findLast(({ at }) => at <= now && dateOf(at, timezone) === today.toString()) ?? null
  return { current, nextAt: Math.min(...slots.map(({ at }) => at).filter((at) => at > now)) }
}

function regularSlots(everyMs: number, now: number): { current: Slot; nextAt: number } {
  const count = Math.floor(now / everyMs)
  return { current: { subject: `summary:${count}x${everyMs}`, at: count * everyMs }, nextAt: (count + 1) * everyMs }
}

/** A summary that is late by no more than this is still on time. */
const ON_TIME_MS = 300_000

/** Whether to announce a slot that has begun: better late than never, except on the day of the first start. */
export function isWanted(
  { at }: Slot,
  { now, firstUsedAt, timezone }: { now: number; firstUsedAt: number; timezone: string },
): boolean {
  if (at < firstUsedAt) return false
  return now - at < ON_TIME_MS || dateOf(firstUsedAt, timezone) !== dateOf(now, timezone)
}

export const dateOf = (ms: number, timezone: string) => zoned(ms, timezone).toPlainDate().toString()
