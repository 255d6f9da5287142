import { registerServices } from '../../db/registration.ts'
import type { Trx } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { writeStates } from '../../db/states.ts'
import type { Deps, DepsInTransaction } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { inTransaction } from '../inTransaction.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, type Change, nextChangeAt, type Outcome, type ServiceState } from '../lifecycle/transition.ts'
import { storePauses } from '../watch/pauses.ts'
import { storeTransitions } from '../watch/transitions.ts'
import { findAndLock } from './lock.ts'

const ATTEMPTS = 10

/**
 * Changes one service in one transaction: first the transitions that its silence has caused until now, then what
 * `change` decides. If a heartbeat writes the state meanwhile, the transaction is rolled back and retried (optimistic
 * locking).
 */
export async function changeService(
  deps: Deps,
  key: string,
  change: (state: ServiceState, now: number, trx: Trx, row: FullServiceRow) => Promise<Outcome> | Outcome,
  { registers = false } = {},
): Promise<void> {
  const { rules, timezone } = deps.config
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const changed = await inTransaction(deps, (deps, trx) => tryChange(deps, trx))
    if (changed === null) continue
    deps.feed.touched(changed.id)
    deps.metrics.changed(changed.changes)
    return
  }
  throw new CallerError('contended', `service "${key}" keeps changing; try again`)

  /** @returns the id of the service and its transitions; `null` if another writer was faster */
  async function tryChange(deps: DepsInTransaction, trx: Trx): Promise<{ id: number; changes: Change[] } | null> {
    const now = deps.clock.now()
    if (registers) await registerServices(trx, [{ key }], now)
    const row = await findAndLock(trx, key)
    const silent = afterSilence(stateOf(row, timezone), now, rules, deps.ledger.outages())
    const { state, changes: its } = await change(silent.state, now, trx, row)
    const changes = [...silent.changes, ...its]
    const changeAt = nextChangeAt(state, rules, [])
    const checkAt = changeAt === null ? ('never' as const) : changeAt + 1
    const claimed = await writeStates(trx, [
      {
        ...state,
        serviceId: row.id,
        version: row.version,
        gapsForgotten: [],
        gapsLearned: [],
        lastMetadata: null,
        checkAt,
      },
    ])
    if (!claimed.has(row.id)) return null
    await storePauses(trx, [{ serviceId: row.id, before: silent.state, after: state }])
    await storeTransitions(
      deps,
      trx,
      changes.map((one) => ({ ...one, serviceId: row.id })),
    )
    if (changeAt !== null) deps.jobs.check.wakeAt(changeAt + 1)
    return { id: row.id, changes }
  }
}
