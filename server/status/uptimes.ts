import { z } from 'zod'
import { listPauses } from '../../db/pauses.ts'
import type { ServiceRow } from '../../db/services.ts'
import { statusHistories } from '../../db/transitions.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../heartbeat/key.ts'
import { mergeOutages } from '../lifecycle/listening.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence } from '../lifecycle/transition.ts'
import { theService, viewContext } from './list.ts'
import { type StatusFrom, type UptimePeriod, uptimeOf } from './uptime.ts'

export const uptimeInput = z.object({ serviceKey })

const PERIODS_DAYS = [1, 7, 30, 90] as const
const LONGEST_MS = 90 * 86_400_000

/** How much of the last 1, 7, 30 and 90 days a service was alive, by its transitions. */
export async function showUptime(
  deps: Deps,
  input: z.output<typeof uptimeInput>,
): Promise<{ serviceKey: string; periods: UptimePeriod[] }> {
  const row = await theService(deps, input.serviceKey)
  const periods = (await uptimesOf(deps, [row])).get(row.id) ?? []
  return { serviceKey: row.key, periods }
}

type RegisteredRow = ServiceRow & { created_at: number }

export async function uptimesOf(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'ledger' | 'iso'>,
  rows: readonly RegisteredRow[],
): Promise<Map<number, UptimePeriod[]>> {
  const { now, rules, timezone, outages } = viewContext(deps)
  const ids = rows.map(({ id }) => id)
  const since = now - LONGEST_MS
  const transitions = Map.groupBy(await statusHistories(deps.db, ids, since), ({ serviceId }) => serviceId)
  const pauses = Map.groupBy(await listPauses(deps.db, ids, since), ({ serviceId }) => serviceId)
  return new Map(rows.map((row) => [row.id, periodsOf(row)]))

  function periodsOf(row: RegisteredRow): UptimePeriod[] {
    const history = historyOf(row)
    const open = row.paused_at === null ? [] : [{ fromMs: row.paused_at, toMs: now }]
    const blind = mergeOutages([...outages, ...(pauses.get(row.id) ?? []), ...open])
    return PERIODS_DAYS.map((days) => uptimeOf(history, blind, { days, now }))
  }

  function historyOf(row: RegisteredRow): StatusFrom[] {
    const recorded = transitions.get(row.id) ?? []
    const notRecordedYet = afterSilence(stateOf(row, timezone), now, rules, outages).changes
    const changes = [...recorded, ...notRecordedYet]
    return [
      { at: row.created_at, status: changes[0]?.from ?? row.status },
      ...changes.map(({ at, to }) => ({ at, status: to })),
    ]
  }
}
