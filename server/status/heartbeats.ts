import { z } from 'zod'
import { type HeartbeatRow, listHeartbeats, listRunSignals } from '../../db/heartbeats.ts'
import type { HeartbeatKind, Json } from '../../db/schema.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { cursorOfPlace, type Place, placeOfCursor } from './cursor.ts'
import { limit, since } from './history.ts'
import { theService } from './list.ts'
import { isEnd, type RunSignal, startsOfEnds } from './runs.ts'

export const heartbeatsInput = z.strictObject({ serviceKey, since, limit, cursor: z.string().max(100).optional() })

/** Bytes of JSON in one answer. What is beyond comes with the next page. */
const MOST_DETAILS = 1_000_000

export interface HeartbeatSeen {
  at: string
  kind: HeartbeatKind
  /** The time since the heartbeat or signal before it; `null` for the oldest. */
  gapSeconds: number | null
  /** How long a run took, for its success or fail: as the client says, or the time since the start of the same run. */
  durationSeconds: number | null
  details: Json
}

/** Lists the heartbeats and signals of one service, the newest first. */
export async function listHeartbeatsOf(
  deps: Ground,
  { serviceKey, since, limit, cursor }: z.output<typeof heartbeatsInput>,
): Promise<{ heartbeats: HeartbeatSeen[]; nextCursor: string | null }> {
  const { id } = await theService(deps, serviceKey)
  const begin = cursor === undefined ? { upTo: Number.MAX_SAFE_INTEGER, skipped: 0 } : placeOfCursor(cursor)
  const { page, before } = await listHeartbeats(deps.db, id, { ...begin, since, limit, mostBytes: MOST_DETAILS })
  const starts = await runStarts(deps, id, page, begin)
  const heartbeats = page.map((row, index) => {
    const next = page[index + 1] ?? before
    return {
      at: deps.iso(row.at),
      kind: row.kind,
      gapSeconds: next ? (row.at - next.at) / 1000 : null,
      durationSeconds: runSeconds(row, starts[index]),
      details: row.details,
    }
  })
  return { heartbeats, nextCursor: before ? cursorOfPlace(endOf(page, begin)) : null }
}

/** The place after the oldest row of a page. */
function endOf(page: readonly HeartbeatRow[], begin: Place): Place {
  const upTo = page.at(-1)?.at ?? begin.upTo
  const skipped = page.filter(({ at }) => at === upTo).length
  return { upTo, skipped: skipped + (upTo === begin.upTo ? begin.skipped : 0) }
}

/** For each row that ends a run: its start, if there is one. It reads further back if that may be older than the rows. */
async function runStarts(
  { db }: Ground,
  id: number,
  rows: HeartbeatRow[],
  begin: Place,
): Promise<(RunSignal | undefined)[]> {
  const shown: RunSignal[] = rows.map((row) => ({ at: row.at, kind: row.kind, runId: runIdOf(row) }))
  let starts = startsOfEnds(shown)
  if (rows.some((row, index) => needsStart(row) && !starts.has(shown[index] as RunSignal))) {
    starts = startsOfEnds([...shown, ...(await listRunSignals(db, id, endOf(rows, begin)))])
  }
  return shown.map((signal) => starts.get(signal))
}

const needsStart = (row: HeartbeatRow) => isEnd(row) && typeof detail(row, 'durationMs') !== 'number'

function runSeconds(row: HeartbeatRow, start: RunSignal | undefined): number | null {
  if (!isEnd(row)) return null
  const told = detail(row, 'durationMs')
  if (typeof told === 'number') return told / 1000
  return start ? (row.at - start.at) / 1000 : null
}

function runIdOf(row: HeartbeatRow): string | null {
  const runId = detail(row, 'runId')
  return typeof runId === 'string' ? runId : null
}

function detail({ details }: HeartbeatRow, name: 'runId' | 'durationMs'): Json | undefined {
  return details !== null && typeof details === 'object' && !Array.isArray(details) ? details[name] : undefined
}
