import { sql } from 'kysely'
import type { Trx } from './schema.ts'

/** Incidents of a service that are stored within an hour, besides those that people were told of. */
const MOST_AN_HOUR = 60

/**
 * Lets incidents that have just ended stand for the one before, if their services have had very many since a moment. Only
 * incidents go of which nothing was told, nor will be.
 */
export async function condenseIncidents(trx: Trx, ended: readonly number[], sinceMs: number): Promise<void> {
  if (ended.length === 0) return
  await sql`
    with crowded as (
      select id, service_id from incidents x where id = any(${[...ended]}::bigint[]) and (
        select count(*) from incidents i where i.service_id = x.service_id and i.opened_at > ${sinceMs}
      ) > ${sql.lit(MOST_AN_HOUR)}
    ), gone as (
      delete from incidents p using crowded c where p.id = (
        select id from incidents i
        where i.service_id = c.service_id and i.id <> c.id and i.opened_at > ${sinceMs} and i.closed_at is not null
          and not exists (
            select from alerts a where a.incident_id = i.id and (a.announcement_id is not null or not a.withdrawn)
          )
        order by i.opened_at desc, i.id desc limit 1
      )
      returning c.id as into_id, p.condensed
    )
    update incidents x set condensed = x.condensed + g.condensed + 1 from gone g where x.id = g.into_id`.execute(trx)
}
