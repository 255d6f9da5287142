import type { Clock } from './clock.ts'
import { cureOf, reasonOf } from './cure.ts'
import { isDatabaseAway } from './errors.ts'
import type { Log } from './log.ts'
import { roughly } from './text/time.ts'
import { plural } from './text/words.ts'

/** De-duplicates log lines about database downtime: one when it begins, a reminder each minute, one when it ends. */
export interface Absence {
  /** Reports an error. One that is not about downtime is logged at once, with its trace, as `otherwise`. */
  noted(error: unknown, otherwise: string, level?: 'warn' | 'error'): void
  /** Reports that the database has answered. */
  answered(): void
}

interface AbsenceDeps {
  clock: Clock
  log: Log
  /** Where the database is, for people and without secrets. */
  description: string
}

const REMIND_EVERY_MS = 60_000
/** The downtime is over only after this long without an error: with a full disk, some writes work and others fail. */
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
