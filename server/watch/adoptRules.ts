import { recheckAll, restartSchedulesWithoutZone } from '../../db/checks.ts'
import { replaceRules } from '../../db/outages.ts'
import type { Deps } from '../deps.ts'
import { inTransaction } from '../inTransaction.ts'

/**
 * Makes all checks due again if settings that deadlines depend on have changed since the last start. With another
 * `TIMEZONE`, no due time before now is held against a cron line that follows it.
 */
export async function adoptRules({ config, db, clock }: Deps): Promise<void> {
  const rules = JSON.stringify({ ...config.rules, timezone: config.timezone })
  await inTransaction({ db }, async (_deps, trx) => {
    const before = await replaceRules(trx, rules)
    if (before === null) return
    if (timezoneIn(before) !== config.timezone) await restartSchedulesWithoutZone(trx, clock.now())
    await recheckAll(trx, clock.now())
  })
}

/** The zone in the settings of the last start; `undefined` if there was none. */
function timezoneIn(rules: string): unknown {
  return rules === '' ? undefined : (JSON.parse(rules) as { timezone?: unknown }).timezone
}
