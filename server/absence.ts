import type { Clock } from './clock.ts'
import { cureOf, reasonOf } from './cure.ts'
import { isDatabaseAway } from './errors.ts'
import type { Log } from './log.ts'
import { roughly } from './text/time.ts'
import { plural } from './text/words.ts'

/** The one voice for a database that is away: whoever fails because of it says so here, and the log has it once. */
export interface Absence {
  /** Something failed. `otherwise` is what the log says of it, with the trace, if it is not that the database is away. */
  noted(error: unknown, otherwise: string, level?: 'warn' | 'error'): void
  /** The database has answered. */
  answered(): void
}

interface AbsenceDeps {
  clock: Clock
  log: Log
  /** Where the database is, for people. */
  description: string
}

const REMIND_EVERY_MS = 60_000
/** One that fails again sooner was not back: a full disk takes some writes and not others. */
const STEADY_AFTER_MS = 4_000

export function createAbsence({ clock, log, description }: AbsenceDeps): Absence {
  let since: number | null = null
  let attempts = 0
  let toldAt = 0
  let failedAt = 0
  let backAt: number | null = null

  function tell(error: unknown, now: number): void {
    const isNews = since === null
    since ??= now
    if (!isNews && Math.abs(now - toldAt) < REMIND_EVERY_MS) return
    toldAt = now
    const why = `(${reasonOf(error)}); ${cureOf(error, description)}`
    log.warn(
      isNews
        ? `the database cannot be reached ${why} Heartbeats are answered 503 until it can; trying again`
        : `the database still cannot be reached, after ${lasted(now - since)} ${why}`,
    )
  }

  const lasted = (ms: number) => `${roughly(ms)} and ${plural(attempts, 'attempt')}`

  return {
    noted(error, otherwise, level = 'warn') {
      if (!isDatabaseAway(error)) return log[level]({ err: error }, otherwise)
      const now = clock.now()
      attempts += 1
      failedAt = now
      backAt = null
      tell(error, now)
    },
    answered() {
      if (since === null) return
      const now = clock.now()
      backAt ??= now
      if (Math.abs(now - failedAt) < STEADY_AFTER_MS) return
      log.info(`the database can be reached again, after ${lasted(backAt - since)}`)
      since = null
      attempts = 0
    },
  }
}
