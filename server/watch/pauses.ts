import { insertPauses } from '../../db/pauses.ts'
import type { Trx } from '../../db/schema.ts'
import type { ServiceState } from '../lifecycle/transition.ts'

interface StateChange {
  serviceId: number
  before: ServiceState
  after: ServiceState
}

/** Stores the pauses that have just ended. Up-time leaves them out. */
export async function storePauses(trx: Trx, changes: readonly StateChange[]): Promise<void> {
  await insertPauses(
    trx,
    changes.flatMap(({ serviceId, before, after }) =>
      before.pausedAt !== null && after.pausedAt === null && after.resumedAt !== null
        ? { serviceId, fromMs: before.pausedAt, toMs: after.resumedAt }
        : [],
    ),
  )
}
