import { type StatusChange, statusChanges } from '../../db/pasts.ts'
import { listPauses, type Pause } from '../../db/pauses.ts'
import type { Db, Trx } from '../../db/schema.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { mergeOutages, type Outage } from '../lifecycle/listening.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence } from '../lifecycle/transition.ts'
import type { StatusFrom } from './uptime.ts'
import type { ViewContext } from './view.ts'

export type RegisteredRow = ServiceRow & { created_at: number }

/** Sums up what it is told of a service's past: each status with the moment from which it held, in their order. */
export interface Sum {
  add(next: StatusFrom): void
}

export interface Asked<S extends Sum> {
  since: number
  until: number
  context: ViewContext
  /** @param blind when the status could not be known: outages of the monitor, and the service's own pauses */
  begin(blind: Outage[]): S
}

/** Services whose pasts are read at once. */
const SLICE = 20

/**
 * Sums up the pasts of services from `since` until `until`, with transitions that are not recorded yet. A past may be of
 * any length, so it is never held as a whole.
 */
export async function sumPasts<S extends Sum>(
  db: Db | Trx,
  rows: readonly RegisteredRow[],
  asked: Asked<S>,
): Promise<Map<number, S>> {
  const sums = new Map<number, S>()
  for (let first = 0; first < rows.length; first += SLICE) {
    for (const [id, sum] of await sumSlice(db, rows.slice(first, first + SLICE), asked)) sums.set(id, sum)
  }
  return sums
}

async function sumSlice<S extends Sum>(db: Db | Trx, rows: readonly RegisteredRow[], asked: Asked<S>) {
  const { since, until, context, begin } = asked
  const ids = rows.map(({ id }) => id)
  const pauses = Map.groupBy(await listPauses(db, ids, since), ({ serviceId }) => serviceId)
  const pasts = new Map(rows.map((row) => [row.id, pastOf(row, begin(blindOf(row, pauses.get(row.id), context)))]))
  for await (const changes of statusChanges(db, ids, { since, until })) {
    for (const change of changes) pasts.get(change.serviceId)?.add(change)
  }
  const { now, rules, timezone, outages } = context
  for (const row of rows) pasts.get(row.id)?.end(afterSilence(stateOf(row, timezone), now, rules, outages).changes)
  return new Map([...pasts].map(([id, { sum }]) => [id, sum]))
}

type Change = Pick<StatusChange, 'from' | 'to' | 'at'> & { condensedDowns?: number }

function pastOf<S extends Sum>(row: RegisteredRow, sum: S) {
  let isBegun = false
  const begin = (status: StatusFrom['status']) => {
    if (!isBegun) sum.add({ at: row.created_at, status })
    isBegun = true
  }
  const add = ({ from, to, at, condensedDowns = 0 }: Change) => {
    begin(from)
    sum.add({ at, status: to, condensedDowns })
  }
  return {
    sum,
    add,
    end(notRecordedYet: readonly Change[]) {
      for (const change of notRecordedYet) add(change)
      begin(row.status)
    },
  }
}

function blindOf(row: RegisteredRow, pauses: readonly Pause[] = [], { outages, now }: ViewContext): Outage[] {
  const open = row.paused_at === null ? [] : [{ fromMs: row.paused_at, toMs: now }]
  return mergeOutages([...outages, ...pauses, ...open])
}
