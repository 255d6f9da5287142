import { sql } from 'kysely'
import type { Db } from './schema.ts'

/** Keeps the log that a running backup needs from being recycled; it goes with the process. */
const SLOT = 'stillbeat_backup'

/** What makes a copy of the files a database again. */
export interface BackupEnd {
  /** Says where a copy has to begin reading the log. */
  label: string
  /** The files of the log that it reads, by name. */
  firstLogFile: string
  lastLogFile: string
}

/** From now on the files may be copied while the database is written to, as PostgreSQL's manual has it for base backups. */
export async function beginBackup(db: Db): Promise<void> {
  await sql`select pg_create_physical_replication_slot(${SLOT}, true, true)`.execute(db)
  await sql`select pg_backup_start('stillbeat', true)`.execute(db)
}

/** Whatever was committed before this is in the copy, once the log is copied too. */
export async function endBackup(db: Db): Promise<BackupEnd> {
  const { rows } = await sql<{ label: string; lastLogFile: string }>`
    select labelfile as label, pg_walfile_name(lsn) as "lastLogFile" from pg_backup_stop(false)`.execute(db)
  const { label = '', lastLogFile = '' } = rows[0] ?? {}
  return { label, firstLogFile: /\(file ([0-9A-F]{24})\)/.exec(label)?.[1] ?? '', lastLogFile }
}

/** Lets go of the log, and of a backup that was not ended. */
export async function leaveBackup(db: Db, { isEnded }: { isEnded: boolean }): Promise<void> {
  if (!isEnded) await sql`select from pg_backup_stop(false)`.execute(db).catch(() => {})
  await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${SLOT}`.execute(db)
}

/** What a restored database knows: how many services, and when the last of them was heard (`null`: never). */
export async function contentOf(db: Db): Promise<{ services: number; lastHeartbeatAt: number | null }> {
  const { services, lastHeartbeatAt } = await db
    .selectFrom('service_states')
    .select(({ fn }) => [fn.countAll<number>().as('services'), fn.max('last_heartbeat_at').as('lastHeartbeatAt')])
    .executeTakeFirstOrThrow()
  return { services: Number(services), lastHeartbeatAt }
}
