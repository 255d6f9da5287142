import { sql } from 'kysely'
import type { Db } from './schema.ts'

export interface TargetState {
  target: string
  /** When a message last reached it. */
  lastSentAt: number | null
  /** Not to be tried before, since it failed. */
  retryAt: number | null
}

/** Those that are named, and all others that messages were ever sent to. */
export async function targetStates(db: Db, names: readonly string[]): Promise<TargetState[]> {
  const { rows } = await sql<TargetState>`
    select n.name as target, t.retry_at as "retryAt",
      (select settled_at from messages where target = n.name and state = 'sent' order by id desc limit 1) as "lastSentAt"
    from (select unnest(${[...names]}::text[]) as name union select name from targets) n
      left join targets t on t.name = n.name
    order by n.name`.execute(db)
  return rows
}

/** What waits to be sent to the named targets, by target. */
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

/** Of the named targets those where something waits from before a moment, or where the last message was refused for good. */
export async function troubledTargets(
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
