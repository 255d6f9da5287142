import { recheckAll } from '../../db/checks.ts'
import { replaceRules } from '../../db/outages.ts'
import type { Deps } from '../deps.ts'

/** Deadlines in the database were reckoned with the settings of the last start; with others they are reckoned anew. */
export async function adoptRules({ config, db, clock }: Deps): Promise<void> {
  const rules = JSON.stringify({ ...config.rules, timezone: config.timezone })
  await db.transaction().execute(async (trx) => {
    if (await replaceRules(trx, rules)) await recheckAll(trx, clock.now())
  })
}
