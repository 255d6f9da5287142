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
