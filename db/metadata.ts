import { sql } from 'kysely'
import { growing } from './growing.ts'
import type { Db, Json } from './schema.ts'

export interface MetadataRow {
  id: number
  metadata: Json
  /** The metadata of the newest heartbeat that carried any. */
  lastMetadata: Json
}

/**
 * The metadata of services, in the order of these ids, until it has so many bytes of JSON; at least that of the first.
 * Nothing else reads metadata, since that of many services would fill the memory.
 */
export async function listMetadata(
  db: Db,
  ids: readonly number[],
  { mostBytes }: { mostBytes: number },
): Promise<MetadataRow[]> {
  const read: MetadataRow[] = []
  let left = mostBytes
  for (const { from, count } of growing(ids.length)) {
    const rows = await weighed(db, ids.slice(from, from + count), left)
    for (const { bytes, ...row } of rows) {
      if (read.length > 0 && bytes > left) return read
      read.push(row)
    }
    left -= rows.at(-1)?.bytes ?? 0
  }
  return read
}

/** Rows with the bytes that they and those before them have. Metadata beyond `left` is left out, but for the first. */
async function weighed(db: Db, ids: readonly number[], left: number) {
  const fits = sql`place = 1 or bytes <= ${sql.lit(left)}`
  const { rows } = await sql<MetadataRow & { bytes: number }>`
    select id, bytes, case when ${fits} then metadata end as metadata,
      case when ${fits} then last_metadata end as "lastMetadata"
    from (
      select s.id, s.metadata, st.last_metadata, asked.place, sum(
        coalesce(octet_length(s.metadata::text), 0) + coalesce(octet_length(st.last_metadata::text), 0)
      ) over (order by asked.place) as bytes
      from unnest(${[...ids]}::integer[]) with ordinality as asked (id, place)
        join services s on s.id = asked.id join service_states st on st.service_id = s.id
    ) weighed
    order by place`.execute(db)
  return rows
}
