import type { Db, Status, Trx } from './schema.ts'

export interface TransitionWrite {
  serviceId: number
  from: Status
  to: Status
  reason: string
  at: number
}

export async function insertTransitions(trx: Trx, transitions: readonly TransitionWrite[]): Promise<void> {
  if (transitions.length === 0) return
  await trx
    .insertInto('transitions')
    .values(
      transitions.map((t) => ({
        service_id: t.serviceId,
        from_status: t.from,
        to_status: t.to,
        reason: t.reason,
        at: t.at,
      })),
    )
    .execute()
}

export interface TransitionFilter {
  serviceId?: number | undefined
  group?: string | undefined
  statuses?: readonly Status[] | undefined
  since?: number | undefined
  limit: number
}

/** The newest first. */
export async function listTransitions(db: Db, filter: TransitionFilter) {
  let query = db
    .selectFrom('transitions as t')
    .innerJoin('services as s', 's.id', 't.service_id')
    .select(['t.id', 's.key', 's.display_name', 't.from_status', 't.to_status', 't.reason', 't.at'])
    .orderBy('t.at', 'desc')
    .orderBy('t.id', 'desc')
    .limit(filter.limit)
  const { serviceId, group, statuses, since } = filter
  if (serviceId !== undefined) query = query.where('t.service_id', '=', serviceId)
  if (group !== undefined) query = query.where('s.group_name', '=', group)
  if (statuses) query = query.where('t.to_status', 'in', statuses)
  if (since !== undefined) query = query.where('t.at', '>=', since)
  return query.execute()
}
