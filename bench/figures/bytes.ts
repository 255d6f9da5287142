import { sql } from 'kysely'
import { dayOf, ensurePartition } from '../../db/partitions.ts'
import type { Db } from '../../db/schema.ts'
import { type StateWrite, writeStates } from '../../db/states.ts'
import { createDatabase, open } from '../tools/database.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 1_000
const HEARTBEATS = 500_000
const BATCH = 64
/** Noon, so that all heartbeats fall on one day. */
const START = Date.UTC(2026, 0, 15, 12)
const BATCH_EVERY_MS = 8

/** The bytes that a heartbeat takes on disk with its index, stored in batches as the server stores them. */
export async function bytes(): Promise<Row[]> {
  const place = await createDatabase()
  const { db } = await open(place)
  await seedServices(place, 1, SERVICES)
  await ensurePartition(db, dayOf(START))
  await store(db)
  const { rows } = await sql<{ bytes: number; count: number }>`
    select (select sum(pg_total_relation_size(inhrelid))::bigint from pg_inherits where inhparent = 'heartbeats'::regclass) as bytes,
      (select count(*) from heartbeats) as count`.execute(db)
  const { bytes = 0, count = 0 } = rows[0] ?? {}
  if (count < HEARTBEATS) throw new Error(`only ${count} heartbeats were stored`)
  const made = `${(bytes / 1e6).toFixed(1)} MB in ${count} rows`
  return [{ figure: 'bytes a heartbeat', value: bytes / count, made, limit: { atMost: 100 } }]
}

async function store(db: Db): Promise<void> {
  const versions = new Uint32Array(SERVICES + 1).fill(60)
  await db.connection().execute(async (connection) => {
    // Faster, since nothing has to survive a crash here. The pages come out the same.
    await sql`set synchronous_commit = off`.execute(connection)
    for (let stored = 0, batch = 0; stored < HEARTBEATS; batch++) {
      const ids = new Set<number>()
      while (ids.size < BATCH) ids.add(1 + Math.floor(Math.random() * SERVICES))
      const at = START + batch * BATCH_EVERY_MS
      const states = [...ids].map((id) => stateOf(id, versions[id] ?? 0, at))
      const heartbeats = states.map(({ serviceId }) => ({ serviceId, at, kind: 'heartbeat' as const, details: null }))
      const claimed = await writeStates(connection, states, heartbeats)
      for (const id of claimed) versions[id] = (versions[id] ?? 0) + 1
      if (claimed.size < BATCH) throw new Error(`only ${claimed.size} of ${BATCH} services were claimed`)
      stored += claimed.size
    }
  })
}

function stateOf(serviceId: number, version: number, at: number): StateWrite {
  return {
    serviceId,
    version,
    status: 'alive',
    statusSince: START,
    heartbeatCount: version + 1,
    lastHeartbeatAt: at,
    silenceSince: at,
    gapsForgotten: [],
    gapsLearned: [],
    cadenceMs: 1000,
    failing: false,
    failsInRow: 0,
    runs: null,
    pausedAt: null,
    pauseUntilHeartbeat: false,
    resumedAt: null,
    pausedMs: 0,
    gapsLost: 0,
    scheduledSince: null,
    lastMetadata: null,
    checkAt: null,
  }
}
