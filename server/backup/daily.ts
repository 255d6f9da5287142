import { firstUsedAt } from '../../db/outages.ts'
import { HOUR_MS } from '../../db/units.ts'
import type { Ground } from '../ground.ts'
import { nightsAround } from './night.ts'
import { addToStock, dropUnfinished, listKept, type TakeBackup } from './stock.ts'

/** How the daily backups go. */
export interface BackupState {
  folder: string
  /** The newest backup; `null` if there is none yet. */
  newest: { takenAt: number; bytes: number } | null
  /** Why the last attempt failed; `null` if it did not. */
  error: string | null
  nextAt: number
}

/** Makes a backup of the embedded database each night, and keeps the newest ones. */
export interface DailyBackups {
  state(): BackupState
  /** Makes a backup if one is due. @returns when to call it next */
  make(): Promise<number>
  /** Breaks off a backup that is being made. */
  stop(): Promise<void>
}

const TRY_AGAIN_AFTER_MS = HOUR_MS

export function createDailyBackups(
  { config, clock, db, log }: Pick<Ground, 'config' | 'clock' | 'db' | 'log'>,
  take: TakeBackup,
): DailyBackups {
  const { folder, keep } = config.backups
  const stopping = new AbortController()
  let newest: BackupState['newest'] = null
  let error: string | null = null
  let making: Promise<void> | undefined

  const nights = () => nightsAround(clock.now(), config.timezone)

  async function isDue(): Promise<boolean> {
    newest = (await listKept(folder))[0] ?? null
    const { lastAt } = nights()
    if (newest !== null && newest.takenAt >= lastAt) return false
    return ((await firstUsedAt(db)) ?? lastAt) < lastAt
  }

  async function add(): Promise<void> {
    await dropUnfinished(folder)
    await addToStock(take, { folder, keep, now: clock.now(), signal: stopping.signal })
    newest = (await listKept(folder))[0] ?? null
  }

  return {
    state: () => ({ folder, newest, error, nextAt: error === null ? nights().nextAt : clock.now() }),
    async make() {
      if (!(await isDue())) return nights().nextAt
      try {
        making = add()
        await making
        error = null
        return nights().nextAt
      } catch (failure) {
        if (stopping.signal.aborted) return nights().nextAt
        error = (failure as Error).message
        log.error({ err: failure }, `the daily backup into ${folder} failed; it is tried again in an hour`)
        return clock.now() + TRY_AGAIN_AFTER_MS
      }
    },
    async stop() {
      stopping.abort()
      await making?.catch(() => {})
    },
  }
}
