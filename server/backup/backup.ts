import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { CallerError } from '../errors.ts'
import type { Ground } from '../ground.ts'
import { archive } from './archive.ts'
import { createDailyBackups, type DailyBackups } from './daily.ts'
import type { TakeBackup } from './stock.ts'

/** Backups of the embedded database. */
export interface Backups {
  take: TakeBackup
  /** `null` if none are made: the data is in PostgreSQL, or the settings say so. */
  daily: DailyBackups | null
}

export function createBackups(ground: Ground, folder: string | null): Backups {
  const take = createBackup(ground, folder)
  const isDaily = folder !== null && ground.config.backups.keep > 0
  return { take, daily: isDaily ? createDailyBackups(ground, take) : null }
}

/** `folder` is the embedded database's; `null` if the data is in PostgreSQL. Only one backup runs at a time. */
function createBackup({ db, clock, log, about }: Ground, folder: string | null): TakeBackup {
  let isRunning = false
  return () => {
    if (folder === null) {
      throw new CallerError(
        'backup_not_embedded',
        'the data is in PostgreSQL: back it up with pg_dump, as docs/backup.md says',
      )
    }
    if (isRunning) throw new CallerError('backup_running', 'another backup is being made; try again when it has ended')
    isRunning = true
    const takenAt = new Date(clock.now()).toISOString()
    log.info('a backup begins')
    const tar = Readable.from(archive({ db, folder }, { version: about.version, takenAt }), { objectMode: false })
    const packed = createGzip({ level: 1 })
    tar.once('error', (error) => {
      log.error({ err: error }, 'a backup failed')
      packed.destroy(error)
    })
    // It closes after it has ended the backup in the database.
    tar.once('close', () => {
      isRunning = false
    })
    packed.once('close', () => {
      log.info(packed.readableEnded ? 'the backup was handed over' : 'a backup was broken off')
      tar.destroy()
    })
    return tar.pipe(packed)
  }
}
