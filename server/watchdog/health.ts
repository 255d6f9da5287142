import { oldestUntoldAt } from '../../db/alerts.ts'
import { nextCheckAt } from '../../db/checks.ts'
import { failingTargets } from '../../db/deliveries.ts'
import { MINUTE_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'

/** A check may be late by this much before somebody else is to be told. */
const LATE_CHECK_MS = 2 * MINUTE_MS
/** A message may wait so long: Telegram is at times away for some minutes. */
const LATE_MESSAGE_MS = 10 * MINUTE_MS

export type HealthDeps = Pick<Deps, 'db' | 'clock' | 'config' | 'channels'> & { isReady: () => Promise<void> }

/** What keeps people from being told in time, in a few words for the log; `null` while all is well, whichever server does it. */
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
