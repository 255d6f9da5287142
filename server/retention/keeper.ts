import type { Upkeep } from '../../db/upkeep.ts'
import { createAlarm } from '../alarm.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** The keeper runs vacuum on the embedded database regularly, which keeps it small. PostgreSQL does so itself. */
export interface Keeper {
  stop(): Promise<void>
}

export function startKeeper(
  upkeep: Upkeep,
  { clock, log, everyMs }: { clock: Clock; log: Log; everyMs: number },
): Keeper {
  let running: Promise<void> | undefined
  const alarm = createAlarm(clock, everyMs, async () => {
    running = upkeep.often().catch((error) => log.warn({ err: error }, 'the embedded database could not be tidied'))
    await running
  })
  return {
    async stop() {
      alarm.stop()
      await running
    },
  }
}
