import { sql } from 'kysely'
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
  const { rows } = await sql<MetadataRow>`
    select id, metadata, last_metadata as "lastMetadata" from (
      select s.id, s.metadata, st.last_metadata, asked.place, sum(
        coalesce(octet_length(s.metadata::text), 0) + coalesce(octet_length(st.last_metadata::text), 0)
      ) over (order by asked.place) as bytes
      from unnest(${[...ids]}::integer[]) with ordinality as asked (id, place)
        join services s on s.id = asked.id join service_states st on st.service_id = s.id
    ) weighed
    where bytes <= ${mostBytes} or place = 1 order by place`.execute(db)
  return rows
}
