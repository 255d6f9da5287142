import { listPauses } from '../../db/pauses.ts'
import type { Db, Trx } from '../../db/schema.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { statusHistories } from '../../db/transitions.ts'
import { mergeOutages, type Outage } from '../lifecycle/listening.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence } from '../lifecycle/transition.ts'
import type { StatusFrom } from './uptime.ts'
import type { ViewContext } from './view.ts'

export type RegisteredRow = ServiceRow & { created_at: number }

/** The past of a service. */
export interface History {
  /** Each status with the moment from which it held, in their order. */
  statuses: StatusFrom[]
  /** When its status could not be known: outages of the monitor, and its own pauses. */
  blind: Outage[]
}

/** Reads the pasts of services from `since` until the context's `now`, with transitions that are not recorded yet. */
export async function historiesOf(
  db: Db | Trx,
  rows: readonly RegisteredRow[],
  { since, context }: { since: number; context: ViewContext },
): Promise<Map<number, History>> {
  const { now, rules, timezone, outages } = context
  const ids = rows.map(({ id }) => id)
  const transitions = Map.groupBy(await statusHistories(db, ids, since), ({ serviceId }) => serviceId)
  const pauses = Map.groupBy(await listPauses(db, ids, since), ({ serviceId }) => serviceId)
  return new Map(rows.map((row) => [row.id, { statuses: statusesOf(row), blind: blindOf(row) }]))

  function statusesOf(row: RegisteredRow): StatusFrom[] {
    const recorded = transitions.get(row.id) ?? []
    const notRecordedYet = afterSilence(stateOf(row, timezone), now, rules, outages).changes
    const changes = [...recorded, ...notRecordedYet]
    return [
      { at: row.created_at, status: changes[0]?.from ?? row.status },
      ...changes.map(({ at, to }) => ({ at, status: to })),
    ]
  }

  function blindOf(row: RegisteredRow): Outage[] {
    const open = row.paused_at === null ? [] : [{ fromMs: row.paused_at, toMs: now }]
    return mergeOutages([...outages, ...(pauses.get(row.id) ?? []), ...open])
  }
}
