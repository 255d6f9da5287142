import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { archive } from './archive.ts'

/** Begins a backup of the embedded database, and resolves to the packed archive while it is made. */
export type TakeBackup = () => Readable

/** `folder`: where the embedded database is; `null` where a server keeps the data. */
export function createBackup(
  { db, clock, log, about }: Pick<Deps, 'db' | 'clock' | 'log' | 'about'>,
  folder: string | null,
): TakeBackup {
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
    // Its last act is to let go of the database.
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
