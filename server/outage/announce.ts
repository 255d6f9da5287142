import { unannouncedOutages } from '../../db/outages.ts'
import type { Trx } from '../../db/schema.ts'
import { eachService } from '../../db/services.ts'
import { post } from '../alert/post.ts'
import type { Deps } from '../deps.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { stateOf } from '../lifecycle/state.ts'
import { composeOutage, type OutageCounts } from './compose.ts'
import { effectOf } from './effect.ts'

/** Shorter ones are nobody's concern: a restart is one. */
const WORTH_TELLING_MS = 60_000
/** Later than this it is no news. */
const NEWS_FOR_MS = 86_400_000

/** Tells of outages of the monitor itself, once each. */
export async function announceOutages(deps: Deps, trx: Trx, now: number): Promise<null> {
  const outages = await unannouncedOutages(trx, { endedAfter: now - NEWS_FOR_MS, atLeastMs: WORTH_TELLING_MS })
  for (const { subject, ...outage } of outages) {
    const counts = await countEffects(deps, trx, outage, now)
    const letter = composeOutage(outage, counts, { now, timezone: deps.config.timezone, iso: deps.iso })
    await post(deps, trx, letter, { at: now, subject })
  }
  return null
}

async function countEffects({ config, ledger }: Deps, trx: Trx, outage: Outage, now: number): Promise<OutageCounts> {
  const context = { now, rules: config.rules, outages: ledger.outages() }
  const counts: OutageCounts = { rearmed: 0, late: 0 }
  for await (const row of eachService(trx)) {
    const effect = effectOf(stateOf(row, config.timezone), outage, context)
    if (effect) counts[effect] += 1
  }
  return counts
}
