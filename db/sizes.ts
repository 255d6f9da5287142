import { sql } from 'kysely'
import type { Db } from './schema.ts'

export interface TableSize {
  table: string
  /** Includes its indexes and all its partitions. */
  bytes: number
}

/** What each table takes on disk, the largest first. The tables of the job queue count as one. */
export async function listSizes(db: Db): Promise<TableSize[]> {
  const { rows } = await sql<TableSize>`
    select name as "table", sum(bytes)::bigint as bytes from (
      select
        case when n.nspname = 'pgboss' then 'pgboss' else coalesce(p.relname, c.relname) end as name,
        pg_total_relation_size(c.oid) as bytes
      from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_inherits i on i.inhrelid = c.oid
        left join pg_class p on p.oid = i.inhparent
      where c.relkind in ('r', 'p') and n.nspname in (current_schema(), 'pgboss')
    ) tables
    group by name order by bytes desc, name`.execute(db)
  return rows
}
