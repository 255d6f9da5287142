import { sql } from 'kysely'
import { ALERT_KINDS } from './alertKinds.ts'
import { MOST_COPIES, PASSED_AFTER } from './copies.ts'
import type { Message } from './messages.ts'
import type { Db, Trx } from './schema.ts'
import { NOW_OF_DATABASE } from './targets.ts'
import { tells } from './told.ts'

/** More failures of a target in a row than one message causes before another one is tried. */
const AWAY_AFTER = PASSED_AFTER + 1

export interface Attempt extends Message {
  /** The attempt before this one got no answer, so the message may have arrived already. */
  repeated: boolean
  moved_to: string | null
  /** Failed attempts of the target since its last success. */
  failures: number
  /** The message that it replies to: the newest one in the same chat about an incident whose end or new cause this message tells. */
  reply_to: string | null
}

/**
 * The pending messages of a target that wait for no earlier one: messages about a service are sent in their order. A
 * summary tells of everything, so it neither waits nor makes others wait.
 */
const free = (target: string) => sql`
  pending as (
    select id, coalesce(queued_as, id) as place, copies, refusals, retry_at, attempted_at, data from messages
    where target = ${target} and state = 'pending'
  ),
  told as (
    select p.id, p.place, s.service ->> 'service_key' as key
    from pending p cross join jsonb_array_elements(p.data -> 'services') as s (service)
    where p.data ->> 'event' = any(${[...ALERT_KINDS]}::text[])
  ),
  first as (select key, min(place) as place from told group by key),
  free as (
    select p.* from pending p
    where p.copies < ${MOST_COPIES}
      and not exists (select from told join first using (key) where told.id = p.id and first.place < p.place)
  )`

/**
 * Stores that the next message of a target is about to be sent, and that its answer is lost until somebody says
 * otherwise. That is the oldest one, but those that were refused a few times come after all others. Only the holder of
 * the target gets one.
 */
export async function beginAttempt(
  db: Db,
  { target, address, holder, nowMs }: { target: string; address: string; holder: string; nowMs: number },
): Promise<Attempt | undefined> {
  // Whether a message is free is asked only if the oldest one is not to be sent now. That costs more, the more wait.
  const { rows } = await sql<Attempt>`
    with held as (
      update targets set held_since = ${NOW_OF_DATABASE} where name = ${target} and holder = ${holder}
      returning name, moved_to, failures
    ),
    ${free(target)},
    oldest as (
      select * from messages where target = ${target} and state = 'pending'
        and not exists (select from messages where target = ${target} and state = 'pending' and queued_as is not null)
      order by id limit 1
    ),
    next as (
      select coalesce(
        (select id from oldest where refusals < ${PASSED_AFTER} and copies < ${MOST_COPIES} and retry_at is null),
        (
          select id from free where retry_at is null or retry_at <= ${nowMs} or attempted_at > ${nowMs}
          order by refusals >= ${PASSED_AFTER}, place, id limit 1
        )
      ) as id
    ),
    chosen as (
      select m.id, m.unanswered, h.moved_to, h.failures
      from messages m join held h on h.name = m.target join next n on n.id = m.id
    )
    update messages m set attempts = m.attempts + 1, copies = m.copies + 1, refusals = m.refusals + 1, retry_at = null,
      attempted_at = ${nowMs}::bigint, unanswered = true
    from chosen c where m.id = c.id
    returning m.*, c.unanswered as repeated, c.moved_to, c.failures, (
      select (array_agg(told.reference order by told.id desc))[1]
      from alerts news join alerts known on known.incident_id = news.incident_id
        join messages told on ${tells('told', 'known')}
      where ${tells('m', 'news')} and news.kind in ('recovered', 'changed')
        and known.kind <> 'recovered' and told.target = m.target and told.reference is not null
        and told.sent_to = coalesce(c.moved_to, ${address})
    ) as reply_to`.execute(db)
  return rows[0]
}

/** When the next message to a target may be sent (`null`: now); undefined if none waits. */
export async function messagesWaitUntil(db: Db | Trx, target: string): Promise<{ retryAt: number | null } | undefined> {
  const { rows } = await sql<{ retryAt: number | null; isAny: boolean }>`
    with ${free(target)}
    select count(*) > 0 as "isAny", min(greatest(coalesce(f.retry_at, 0), coalesce(t.retry_at, 0))) as "retryAt"
    from free f left join targets t on t.name = ${target}`.execute(db)
  const [row] = rows
  return row?.isAny ? { retryAt: row.retryAt || null } : undefined
}

export async function settleMessage(
  trx: Trx,
  id: number,
  values: {
    state: Message['state']
    unanswered: boolean
    error: string | null
    settledAt: number | null
    reference?: string | undefined
    sentTo?: string | undefined
    copies?: number
    refusals?: number
    retryAt?: number | null
  },
): Promise<void> {
  const { state, unanswered, error, settledAt, reference, sentTo, copies, refusals, retryAt } = values
  await trx
    .updateTable('messages')
    .set({ state, unanswered, error, settled_at: settledAt, reference, sent_to: sentTo })
    .set({ copies, refusals, retry_at: retryAt })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/**
 * Lets the messages that were set aside be tried again at once, if their target was away: it failed so often in a row that
 * it cannot have been one message. Call it when a message has got through, before that is noted.
 */
export async function releaseSetAside(trx: Trx, target: string): Promise<void> {
  await sql`
    update messages m set retry_at = null from targets t
    where t.name = ${target} and t.failures >= ${AWAY_AFTER}
      and m.target = t.name and m.state = 'pending' and m.retry_at is not null`.execute(trx)
}
