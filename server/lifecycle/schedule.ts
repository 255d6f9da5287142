import { Cron } from 'croner'

/** A declared expectation, which replaces the learned cadence. */
export type Schedule =
  | { kind: 'period'; periodMs: number; graceMs: number }
  | { kind: 'cron'; expression: string; timezone: string; graceMs: number }

export type CronSchedule = Extract<Schedule, { kind: 'cron' }>

export const DEFAULT_CRON_GRACE_MS = 5 * 60_000

/**
 * The first due time after a moment. A time that daylight saving skips is due when the clock has jumped, one that it
 * repeats is due once, as cron itself does.
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
    // cron calls a time fixed, and treats it so at a clock change, unless its minute or hour begins with `*`.
    cron = new Cron(expression, { timezone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' })
    if (cache.size >= 1_000) cache.clear()
    cache.set(key, cron)
  }
  return cron
}
