import { sql } from 'kysely'
import type { Db } from './schema.ts'

/** A temporary replication slot: it keeps the log that a running backup needs, and ends with the process. */
const SLOT = 'stillbeat_backup'

/** What recovery needs besides the copied files. */
export interface BackupEnd {
  /** The content of `backup_label`, which says where recovery begins to read the log. */
  label: string
  /** The first and the last file of the log that recovery reads, by name. */
  firstLogFile: string
  lastLogFile: string
}

/**
 * Begins a base backup (PostgreSQL's manual: Continuous Archiving). From now on files may be copied while others
 * write.
 */
export async function beginBackup(db: Db): Promise<void> {
  await sql`select pg_create_physical_replication_slot(${SLOT}, true, true)`.execute(db)
  await sql`select pg_backup_start('stillbeat', true)`.execute(db)
}

/** Ends a base backup. With its log, the copy holds everything that was committed before this call. */
export async function endBackup(db: Db): Promise<BackupEnd> {
  const { rows } = await sql<{ label: string; lastLogFile: string }>`
    select labelfile as label, pg_walfile_name(lsn) as "lastLogFile" from pg_backup_stop(false)`.execute(db)
  const { label = '', lastLogFile = '' } = rows[0] ?? {}
  return { label, firstLogFile: /\(file ([0-9A-F]{24})\)/.exec(label)?.[1] ?? '', lastLogFile }
}

/** Releases the log, and abandons the backup if it was not ended. */
export async function leaveBackup(db: Db, { isEnded }: { isEnded: boolean }): Promise<void> {
  if (!isEnded) await sql`select from pg_backup_stop(false)`.execute(db).catch(() => {})
  await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${SLOT}`.execute(db)
}

/** What a restored database holds: how many services, and when one was last heard (`null`: never). */
export async function contentOf(db: Db): Promise<{ services: number; lastHeartbeatAt: number | null }> {
  const { services, lastHeartbeatAt } = await db
    .selectFrom('service_states')
    .select(({ fn }) => [fn.countAll<number>().as('services'), fn.max('last_heartbeat_at').as('lastHeartbeatAt')])
    .executeTakeFirstOrThrow()
  return { services: Number(services), lastHeartbeatAt }
}
