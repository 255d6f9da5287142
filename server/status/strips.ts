import { z } from 'zod'
import { listServicesWithGaps } from '../../db/services.ts'
import type { Ground } from '../ground.ts'
import { cursorOfKey, keyOfCursor } from './cursor.ts'
import { LARGEST_PAGE } from './list.ts'
import { mapInSlices } from './slices.ts'
import { type Strip, stripOf } from './strip.ts'
import { viewContext } from './view.ts'

export const stripsInput = z.strictObject({
  group: z.string().optional(),
  limit: z.int().min(1).max(LARGEST_PAGE).default(1_000),
  cursor: z.string().max(1_100).optional(),
})

/** Lists the sparklines of many services in the order of their keys. It reads stored gaps, and no history. */
export async function listStrips(
  deps: Ground,
  { group, limit, cursor }: z.output<typeof stripsInput>,
): Promise<{ strips: Strip[]; nextCursor: string | null }> {
  const context = viewContext(deps)
  const after = cursor === undefined ? undefined : keyOfCursor(cursor)
  const rows = await listServicesWithGaps(deps.db, { group }, { after, limit })
  const last = rows.length === limit ? rows.at(-1) : undefined
  const strips = await mapInSlices(rows, (row) => stripOf(row, context))
  return { strips, nextCursor: last ? cursorOfKey(last.key) : null }
}
