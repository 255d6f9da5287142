import { Cron } from 'croner'

/** A schedule that a user has declared. It replaces the learned cadence. */
export type Schedule =
  | { kind: 'period'; periodMs: number; graceMs: number }
  | { kind: 'cron'; expression: string; timezone: string; graceMs: number }

export type CronSchedule = Extract<Schedule, { kind: 'cron' }>

export const DEFAULT_CRON_GRACE_MS = 5 * 60_000

/**
 * The first due time after a moment. Daylight saving is treated as cron does: a skipped time is due when the clock has
 * jumped, and a repeated time is due once.
 */
export function nextDue(schedule: Pick<CronSchedule, 'expression' | 'timezone'>, afterMs: number): number {
  const next = parsed(schedule.expression, schedule.timezone).nextRun(new Date(afterMs))
  if (!next) throw new RangeError(`cron line "${schedule.expression}" is never due again`)
  return next.getTime()
}

/** What is wrong with a cron line, as a sentence, or `null`. */
export function cronFault(expression: string, nowMs: number): string | null {
  try {
    nextDue({ expression, timezone: 'UTC' }, nowMs)
    return null
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '')
  }
}

const cache = new Map<string, Cron>()

function parsed(expression: string, timezone: string): Cron {
  const key = `${timezone} ${expression}`
  let cron = cache.get(key)
  if (!cron) {
    // A line is a fixed time at a clock change, as cron has it, unless its minute or hour begins with `*`.
    cron = new Cron(expression, { timezone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' })
    if (cache.size >= 1_000) cache.clear()
    cache.set(key, cron)
  }
  return cron
}
