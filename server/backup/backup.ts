import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { archive } from './archive.ts'

/** Begins a backup. @returns the compressed archive, as a stream that is made while it is read */
export type TakeBackup = () => Readable

/** `folder` is the embedded database's; `null` if the data is in PostgreSQL. Only one backup runs at a time. */
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
