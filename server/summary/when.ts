import { zoned } from '../text/time.ts'

/** When summaries go out: daily at a time of day in a zone, or every so often for trying them out. */
export interface SummaryPlan {
  /** `HH:MM` */
  time: string
  timezone: string
  /** Instead of daily. */
  everyMs: number | null
}

export interface Slot {
  /** What it is announced as, so that it goes out once. */
  subject: string
  at: number
}

/** The slot of this day (or interval) if it has begun, and when the next one begins. */
export function slotsAround(plan: SummaryPlan, now: number): { current: Slot | null; nextAt: number } {
  return plan.everyMs === null ? dailySlots(plan, now) : regularSlots(plan.everyMs, now)
}

function dailySlots({ time, timezone }: SummaryPlan, now: number): { current: Slot | null; nextAt: number } {
  const today = zoned(now, timezone).toPlainDate()
  // A time that a clock change skips comes as much later as the clock jumps, and one that it repeats comes the first time.
  const atOn = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone: timezone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
  // Yesterday's may come today: a clock that jumps over midnight takes its last hour along.
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

/** A first day has nothing to catch up with; being late by this much is still being on time. */
const ON_TIME_MS = 300_000

/** Whether a slot that has begun is to be told now: late rather than never, but not on the day of the first start. */
export function isWanted(
  { at }: Slot,
  { now, firstUsedAt, timezone }: { now: number; firstUsedAt: number; timezone: string },
): boolean {
  if (at < firstUsedAt) return false
  return now - at < ON_TIME_MS || dateOf(firstUsedAt, timezone) !== dateOf(now, timezone)
}

export const dateOf = (ms: number, timezone: string) => zoned(ms, timezone).toPlainDate().toString()
