import { oldestUntoldAt } from '../../db/alerts.ts'
import { nextCheckAt } from '../../db/checks.ts'
import { failingTargets } from '../../db/deliveries.ts'
import { MINUTE_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'

/** A check may be late by this much before the health check fails. */
const LATE_CHECK_MS = 2 * MINUTE_MS
/** A message may wait this long, since Telegram is at times down for some minutes. */
const LATE_MESSAGE_MS = 10 * MINUTE_MS

export type HealthDeps = Pick<Deps, 'db' | 'clock' | 'config' | 'channels'> & { isReady: () => Promise<void> }

/** The health check for the watchdog: what keeps people from being told in time, or `null` if nothing does. */
export async function problemOf({ db, clock, config, channels, isReady }: HealthDeps): Promise<string | null> {
  try {
    await isReady()
    const now = clock.now()
    const dueAt = await nextCheckAt(db)
    if (dueAt !== null && now - dueAt > LATE_CHECK_MS + config.checkIntervalMs) {
      return `no check has run since ${new Date(dueAt).toISOString()}`
    }
    const untoldAt = await oldestUntoldAt(db, now)
    if (untoldAt !== null && now - untoldAt > LATE_MESSAGE_MS + config.alertGroupMs) {
      return `alerts have not been made into messages since ${new Date(untoldAt).toISOString()}`
    }
    const targets = channels.map(({ target }) => target)
    const [failing] = await failingTargets(db, targets, now - LATE_MESSAGE_MS)
    return failing ? `messages do not reach ${failing.target}${failing.error ? `: ${failing.error}` : ''}` : null
  } catch (error) {
    return (error as Error).message
  }
}
