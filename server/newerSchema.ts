import { newerMigrations } from '../db/migrate.ts'
import type { Deps } from './deps.ts'

const LOOK_EVERY_MS = 60 * 60_000

/**
 * Logs an error, once, when a newer Stillbeat has migrated the database that this one still uses. It looks every hour,
 * and when a hint says that another server has started. This server goes on with what still works, so that a rolling
 * upgrade of several servers is no outage.
 *
 * @returns a function that stops it
 */
export function watchSchema({ db, clock, log, hints, about }: Pick<Deps, 'db' | 'clock' | 'log' | 'hints' | 'about'>) {
  let cancel = () => {}
  /** The error is logged, or the server stops. */
  let isOver = false

  async function look(): Promise<void> {
    const newer = isOver ? [] : await newerMigrations(db).catch(() => [])
    if (newer.length === 0 || isOver) return
    isOver = true
    log.error(
      `a newer Stillbeat has upgraded the database (${newer.join(', ')}) while this one (${about.version}) runs; put the newer one in its place soon: once stopped, this one does not start again`,
    )
  }

  function lookLater(): void {
    cancel = clock.at(clock.now() + LOOK_EVERY_MS, async () => {
      await look()
      if (!isOver) lookLater()
    })
  }

  hints.on('started', look)
  hints.tell('started', about.version)
  lookLater()
  return () => {
    isOver = true
    cancel()
  }
}
