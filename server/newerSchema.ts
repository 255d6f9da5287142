import { newerMigrations } from '../db/migrate.ts'
import type { Deps } from './deps.ts'

const LOOK_EVERY_MS = 60 * 60_000

/**
 * Looks whether a newer program has changed the schema under this one, and says so once: when another server has started,
 * and now and then. It goes on with what still works: to refuse everything would make an outage of each upgrade of several servers.
 *
 * @returns how to end it
 */
export function watchSchema({ db, clock, log, hints, about }: Pick<Deps, 'db' | 'clock' | 'log' | 'hints' | 'about'>) {
  let cancel = () => {}
  /** It has told, or nobody is to be told any more. */
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
