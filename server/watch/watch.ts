import { dueServices, nextCheckAt } from '../../db/checks.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { type Verdict, writeVerdicts } from '../../db/states.ts'
import type { Deps } from '../deps.ts'
import { inTransaction } from '../inTransaction.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, type Change, nextChangeAt } from '../lifecycle/transition.ts'
import { storeTransitions } from './transitions.ts'

const PAGE = 500

/**
 * The watch is the health check of all services. It finds those that have been silent for too long, and stores what
 * became of them. Any number of servers may run it at once: the first to claim a service stores its change.
 *
 * @returns when to look again, in epoch milliseconds; `null` if no service can change by silence
 */
export async function watch(deps: Deps): Promise<number | null> {
  await deps.ledger.caughtUp()
  const begun = performance.now()
  const lags: number[] = []
  // A heartbeat that is received but not stored yet ends the silence, so judge as of just before the oldest one.
  const now = Math.min(deps.clock.now(), (deps.intake.oldestAt() ?? Number.POSITIVE_INFINITY) - 1)
  while (true) {
    const rows = await dueServices(deps.db, now, { limit: PAGE })
    if (rows.length > 0) lags.push(...(await record(deps, rows, now)))
    if (rows.length < PAGE) break
  }
  deps.metrics.checked((performance.now() - begun) / 1000, lags)
  return nextCheckAt(deps.db)
}

/** @returns how many seconds after each change it was recorded */
async function record(deps: Deps, rows: ServiceRow[], now: number): Promise<number[]> {
  const judged = rows.map((row) => judge(deps, row, now))
  const changed = await inTransaction(deps, async (deps, trx) => {
    const claimed = await writeVerdicts(
      trx,
      judged.map(({ verdict }) => verdict),
    )
    const changes = judged
      .filter(({ verdict }) => claimed.has(verdict.serviceId))
      .flatMap(({ verdict, changes }) => changes.map((change) => ({ ...change, serviceId: verdict.serviceId })))
    await storeTransitions(deps, trx, changes)
    return changes
  })
  for (const { serviceId } of changed) deps.feed.touched(serviceId)
  deps.metrics.changed(changed)
  return changed.map(({ at }) => (now - at) / 1000)
}

function judge(deps: Deps, row: ServiceRow, now: number): { verdict: Verdict; changes: Change[] } {
  const { rules, timezone } = deps.config
  const outages = deps.ledger.outages()
  const { state, changes } = afterSilence(stateOf(row, timezone), now, rules, outages)
  const changeAt = nextChangeAt(state, rules, outages)
  const verdict = {
    serviceId: row.id,
    version: row.version,
    status: state.status,
    statusSince: state.statusSince,
    runs: changes.length > 0 ? state.runs : null,
    checkAt: changeAt === null ? null : changeAt + 1,
    changed: changes.length > 0,
  }
  return { verdict, changes }
}
