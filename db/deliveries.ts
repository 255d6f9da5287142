import { sql } from 'kysely'
import type { Db } from './schema.ts'

export interface TargetState {
  target: string
  /** When a message last reached it; `null`: never. */
  lastSentAt: number | null
  /** After a failure the target is not tried before this moment (backoff); `null` if it may be tried now. */
  retryAt: number | null
}

/** The state of the named targets, and of all others that messages were ever sent to. */
export async function targetStates(db: Db, names: readonly string[]): Promise<TargetState[]> {
  const { rows } = await sql<TargetState>`
    select n.name as target, t.retry_at as "retryAt",
      (select settled_at from messages where target = n.name and state = 'sent' order by id desc limit 1) as "lastSentAt"
    from (select unnest(${[...names]}::text[]) as name union select name from targets) n
      left join targets t on t.name = n.name
    order by n.name`.execute(db)
  return rows
}

/** How many messages wait for each of the named targets, and since when. Targets without any are left out. */
export async function pendingByTarget(
  db: Db,
  names: readonly string[],
): Promise<{ target: string; count: number; oldestAt: number }[]> {
  if (names.length === 0) return []
  return db
    .selectFrom('messages')
    .select((select) => [
      'target',
      select.fn.countAll<number>().as('count'),
      select.fn.min('created_at').as('oldestAt'),
    ])
    .where('state', '=', 'pending')
    .where('target', 'in', names)
    .groupBy('target')
    .execute()
}

/**
 * Those of the named targets that fail: a message has waited since before `pendingBefore`, or the newest one failed
 * for good.
 */
export async function failingTargets(
  db: Db,
  names: readonly string[],
  pendingBefore: number,
): Promise<{ target: string; error: string | null }[]> {
  const { rows } = await sql<{ target: string; error: string | null }>`
    select n.name as target, coalesce(waiting.error, newest.error) as error
    from unnest(${[...names]}::text[]) as n(name)
      left join lateral (
        select id, error from messages
        where target = n.name and state = 'pending' and created_at < ${pendingBefore} order by id limit 1
      ) waiting on true
      left join lateral (
        select state, error from messages where target = n.name and state <> 'pending' order by id desc limit 1
      ) newest on true
    where waiting.id is not null or newest.state = 'failed'
    order by n.name`.execute(db)
  return rows
}
