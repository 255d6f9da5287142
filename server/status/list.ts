import { z } from 'zod'
import { dueServices } from '../../db/checks.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { countServices, findService, listServices } from '../../db/services.ts'
import { noSuchService } from '../errors.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { cursorOfKey, keyOfCursor } from './cursor.ts'
import { mapInSlices } from './slices.ts'
import { serviceStatus, statusName, statusOf, type ViewContext, view, viewContext } from './view.ts'

export const LARGEST_PAGE = 10_000

export const statusInput = z.strictObject({
  serviceKey: serviceKey.optional(),
  group: z.string().optional(),
  status: z.array(statusName).min(1).optional(),
  limit: z.int().min(1).max(LARGEST_PAGE).default(1_000),
  cursor: z.string().max(1_100).optional(),
})

type StatusFilter = Pick<z.output<typeof statusInput>, 'serviceKey' | 'group' | 'status'>

export const statusCounts = z
  .object({ unknown: z.int(), alive: z.int(), down: z.int(), dead: z.int(), paused: z.int() })
  .meta({ description: 'The first four add up to all services; `paused` tells how many of them are paused' })

export const statusAnswer = z.object({
  now: z.string(),
  counts: statusCounts,
  services: z.array(serviceStatus),
  nextCursor: z.string().nullable(),
})

export type StatusCounts = z.infer<typeof statusCounts>
export type StatusAnswer = z.infer<typeof statusAnswer>

/** Lists one page of services in the order of their keys, and counts all services of the group or key by status. */
export async function listStatus(deps: Ground, input: z.output<typeof statusInput>): Promise<StatusAnswer> {
  const context = viewContext(deps)
  return {
    now: deps.iso(context.now),
    counts: await countStatus(deps, input, context),
    ...(await listPage(deps, input, context)),
  }
}

/** The same without the counts, for the following pages. */
export async function listPage(
  deps: Ground,
  input: z.output<typeof statusInput>,
  context = viewContext(deps),
): Promise<Pick<StatusAnswer, 'services' | 'nextCursor'>> {
  const { rows, nextCursor } = await page(deps, input, context)
  return { services: await mapInSlices(rows, (row) => view(row, context)), nextCursor }
}

async function page(deps: Ground, input: z.output<typeof statusInput>, context: ViewContext) {
  if (input.serviceKey !== undefined) {
    const row = await theService(deps, input.serviceKey)
    return { rows: matches(row, input, context) ? [row] : [], nextCursor: null }
  }
  const rows: ServiceRow[] = []
  let text = 0
  let after = input.cursor === undefined ? undefined : keyOfCursor(input.cursor)
  while (true) {
    const limit = Math.min(input.limit - rows.length, ROWS_AT_ONCE)
    const filter = { statuses: input.status, group: input.group, dueBy: context.now }
    const found = await listServices(deps.db, filter, { after, limit })
    for (const row of found) {
      if (!matches(row, input, context)) continue
      rows.push(row)
      text += textIn(row)
    }
    after = found.at(-1)?.key
    if (after === undefined || found.length < limit) return { rows, nextCursor: null }
    if (rows.length === input.limit || text > MOST_TEXT) return { rows, nextCursor: cursorOfKey(after) }
  }
}

const ROWS_AT_ONCE = 2_500
/** Characters of a page that others have chosen. Names of usual length stay far below it. */
const MOST_TEXT = 3_000_000

/** About how much text a row brings into an answer. A service without a name is shown by its key. */
const textIn = ({ key, display_name, group_name, down_note, cron }: ServiceRow): number =>
  [key, display_name ?? key, group_name, down_note, cron].reduce((sum, one) => sum + (one?.length ?? 0), 0)

export async function theService({ db }: Pick<Ground, 'db'>, key: string) {
  const row = await findService(db, key)
  if (!row) throw noSuchService(key)
  return row
}

function matches(row: ServiceRow, filter: StatusFilter, context: ViewContext): boolean {
  if (filter.group !== undefined && row.group_name !== filter.group) return false
  return !filter.status || filter.status.includes(statusOf(row, context))
}

/** Counts services by status: the database counts, and what silence has changed since it was stored is corrected. */
export async function countStatus(
  deps: Pick<Ground, 'db' | 'clock' | 'config' | 'ledger' | 'iso'>,
  filter: Pick<StatusFilter, 'serviceKey' | 'group'>,
  context = viewContext(deps),
): Promise<StatusCounts> {
  const counted = { unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 }
  if (filter.serviceKey !== undefined) {
    const row = await theService(deps, filter.serviceKey)
    counted[statusOf(row, context)] = 1
    counted.paused = row.paused_at === null ? 0 : 1
    return counted
  }
  for (const { status, count, paused } of await countServices(deps.db, filter)) {
    counted[status] += count
    counted.paused += paused
  }
  for (const row of await dueServices(deps.db, context.now, { group: filter.group })) {
    counted[row.status] -= 1
    counted[statusOf(row, context)] += 1
  }
  return counted
}
