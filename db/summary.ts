import type { Db, Trx } from './schema.ts'

/** What a summary says of services beyond their status, by service id. */
export async function summaryFacts(db: Db | Trx, { flappedSince }: { flappedSince: number }) {
  const incidents = await db
    .selectFrom('incidents')
    .select(['service_id', 'opened_at', 'acknowledged_at', 'acknowledged_by'])
    .where('closed_at', 'is', null)
    .execute()
  const attentions = await db.selectFrom('attentions').selectAll().execute()
  const flapping = await db
    .selectFrom('flapping as f')
    .innerJoin('incidents as i', 'i.service_id', 'f.service_id')
    .select((select) => ['f.service_id', select.fn.countAll<number>().as('incidents')])
    .where('f.last_change_at', '>', flappedSince)
    .where('i.opened_at', '>', flappedSince)
    .groupBy('f.service_id')
    .execute()
  return {
    incidents: new Map(incidents.map((row) => [row.service_id, row])),
    attentions: new Map(attentions.map((row) => [row.service_id, row])),
    flapping: new Map(flapping.map((row) => [row.service_id, row.incidents])),
  }
}
