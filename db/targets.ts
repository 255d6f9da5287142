import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'
import { MINUTE_MS } from './units.ts'

/** The database's clock in milliseconds. Servers compare it, because their own clocks differ. */
export const NOW_OF_DATABASE = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** The lease of a target, which one process at a time holds. */
export interface Lease {
  target: string
  /** The name under which this process is connected to the database. */
  holder: string
  nowMs: number
}

/** A lease that was not renewed for this long has expired. No attempt takes longer, and each renews the lease. */
const LONGEST_HOLD_MS = 5 * MINUTE_MS
/** Within this time after a restart of PostgreSQL, all processes that are alive have reconnected. */
const RECONNECTED_AFTER = sql.lit('15 seconds')

/**
 * Takes the lease on a target for this process, unless another process holds it or the target must not be tried yet. A
 * holder that is no longer connected to the database has died, and loses it; its last attempt may have arrived.
 *
 * @returns whether this process holds the target now
 */
export async function takeLease(db: Db, { target, holder, nowMs }: Lease): Promise<boolean> {
  await db
    .insertInto('targets')
    .values({ name: target })
    .onConflict((on) => on.column('name').doNothing())
    .execute()
  const { rows } = await sql`
    update targets set holder = ${holder}, held_since = ${NOW_OF_DATABASE}
    where name = ${target} and (
      holder is null or holder = ${holder} or (
        clock_timestamp() not between pg_postmaster_start_time() and pg_postmaster_start_time() + interval ${RECONNECTED_AFTER} and (
          not exists (select from pg_stat_activity where datname = current_database() and application_name = holder)
          or abs(${NOW_OF_DATABASE} - held_since) > ${LONGEST_HOLD_MS}
        )
      )
    )
    and (retry_at is null or retry_at <= ${nowMs} or failed_at > ${nowMs})
    returning name`.execute(db)
  return rows.length > 0
}

export async function releaseLease(db: Db, { target, holder }: Pick<Lease, 'target' | 'holder'>): Promise<void> {
  await db
    .updateTable('targets')
    .set({ holder: null, held_since: null })
    .where('name', '=', target)
    .where('holder', '=', holder)
    .execute()
}

export async function noteSuccess(trx: Trx, target: string): Promise<void> {
  await trx
    .updateTable('targets')
    .set({ failures: 0, failed_at: null, retry_at: null })
    .where('name', '=', target)
    .execute()
}

export async function noteFailure(trx: Trx, target: string, at: number, retryAt: number): Promise<void> {
  await trx
    .updateTable('targets')
    .set((set) => ({ failures: set('failures', '+', 1), failed_at: at, retry_at: retryAt }))
    .where('name', '=', target)
    .execute()
}

/** Delays a target after a failure that is counted otherwise. */
export async function delayTarget(trx: Trx, target: string, at: number, retryAt: number): Promise<void> {
  await trx.updateTable('targets').set({ failed_at: at, retry_at: retryAt }).where('name', '=', target).execute()
}

export async function moveTarget(trx: Trx, target: string, to: string): Promise<void> {
  await trx.updateTable('targets').set({ moved_to: to }).where('name', '=', target).execute()
}
