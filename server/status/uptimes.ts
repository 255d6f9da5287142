import { z } from 'zod'
import { DAY_MS } from '../../db/units.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { type RegisteredRow, sumPasts } from './histories.ts'
import { theService } from './list.ts'
import { createUptime, type UptimePeriod } from './uptime.ts'
import { viewContext } from './view.ts'

export const uptimeInput = z.strictObject({ serviceKey })

const PERIODS_DAYS = [1, 7, 30, 90] as const
const LONGEST_MS = 90 * DAY_MS

/** The uptime of a service in the last 1, 7, 30 and 90 days, computed from its transitions. */
export async function showUptime(
  deps: Ground,
  input: z.output<typeof uptimeInput>,
): Promise<{ serviceKey: string; periods: UptimePeriod[] }> {
  const row = await theService(deps, input.serviceKey)
  const periods = (await uptimesOf(deps, [row])).get(row.id) ?? []
  return { serviceKey: row.key, periods }
}

export async function uptimesOf(
  deps: Pick<Ground, 'db' | 'clock' | 'config' | 'ledger' | 'iso'>,
  rows: readonly RegisteredRow[],
): Promise<Map<number, UptimePeriod[]>> {
  const context = viewContext(deps)
  const { now } = context
  const uptimes = await sumPasts(deps.db, rows, {
    since: now - LONGEST_MS,
    until: now,
    context,
    begin: (blind) => createUptime(blind, { periodsDays: PERIODS_DAYS, now }),
  })
  return new Map([...uptimes].map(([id, uptime]) => [id, uptime.periods()]))
}
