import { recheckAll } from '../../db/checks.ts'
import { replaceRules } from '../../db/outages.ts'
import type { Deps } from '../deps.ts'
import { inTransaction } from '../inTransaction.ts'

/** Makes all checks due again if settings that deadlines depend on have changed since the last start. */
export async function adoptRules({ config, db, clock }: Deps): Promise<void> {
  const rules = JSON.stringify({ ...config.rules, timezone: config.timezone })
  await inTransaction({ db }, async (_deps, trx) => {
    if (await replaceRules(trx, rules)) await recheckAll(trx, clock.now())
  })
}
