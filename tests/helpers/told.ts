import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { messagesWaitUntil } from '../../db/attempts.ts'
import type { Db } from '../../db/schema.ts'
import type { Notifier, Outgoing } from '../../server/delivery/notifier.ts'
import type { TestClock } from './clock.ts'

/** A channel that always delivers, into a list. */
export function remember(told: Outgoing[]): Notifier {
  return {
    async send(_address, message) {
      told.push(message)
      return { outcome: 'sent' }
    },
  }
}

const LONGEST_MS = 60_000
/** To look takes the database as long as much of what is waited for, so it is not looked all the time. */
const PAUSES_MS = { first: 2, longest: 20 }

/** Waits until no job waits or runs, and no message or edit could be sent at the clock's present time. */
export async function untilSettled(db: Db, clock: TestClock): Promise<void> {
  const giveUpAt = Date.now() + LONGEST_MS
  let pauseMs = PAUSES_MS.first
  for (let left = await leftToDo(db, clock.now()); left > 0; left = await leftToDo(db, clock.now())) {
    if (Date.now() > giveUpAt) throw new Error(`${left} jobs or messages are still not done`)
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, PAUSES_MS.longest)
  }
}

/**
 * Looks in the order in which work goes: a job, then a message that is due, then one under way. In any other order work
 * could pass by between two looks.
 */
async function leftToDo(db: Db, now: number): Promise<number> {
  return (await jobs(db)) || (await messagesDue(db, now)) || underWay(db, now)
}

async function jobs(db: Db): Promise<number> {
  const { rows } = await sql`select from pgboss.job_common where ${isLeft}`.execute(db)
  return rows.length
}

const isLeft = sql`name in ('check', 'announce', 'tidy') and state in ('created', 'active')`

async function messagesDue(db: Db, now: number): Promise<number> {
  const waiting = await db.selectFrom('messages').select('target').distinct().where('state', '=', 'pending').execute()
  const moments = await Promise.all(waiting.map(({ target }) => messagesWaitUntil(db, target)))
  return moments.filter((moment) => moment && (moment.retryAt ?? 0) <= now).length
}

async function underWay(db: Db, now: number): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select (select count(*) from pgboss.job_common where ${isLeft})
      + (
        select count(*) from targets t where t.holder is not null
          and exists (select from messages m where m.target = t.name and m.state = 'pending')
      ) + (
        select count(*) from edits e join messages m on m.id = e.message_id join targets t on t.name = e.target
        where m.reference is not null and (t.edit_retry_at is null or t.edit_retry_at <= ${now} or t.holder is not null)
      ) as left`.execute(db)
  return Number(rows[0]?.left)
}

/** Messages as people see them, one text each: title, body, and whether it is repeated. */
export const textsOf = (told: readonly Outgoing[]): string[] =>
  told.map(({ title, body, repeated }) => [title, body, repeated ? 'repeated' : ''].filter(Boolean).join('\n'))
