import { databaseNow } from '../db/now.ts'
import type { Ground } from './ground.ts'
import { roughly } from './text/time.ts'

const MEASURE_EVERY_MS = 10_000
/** A difference that a person should know of. */
const NOTABLE_SKEW_MS = 1_000

/**
 * Lets the server's clock follow the database's, and says so in the log where the two differ by much. The first
 * measurement is awaited. A clock that is not shared, as with the embedded database, is left alone.
 *
 * @returns stops it
 */
export async function followDatabase({ db, clock, log }: Pick<Ground, 'db' | 'clock' | 'log'>): Promise<() => void> {
  const { follow, skewMs } = clock
  if (!follow || !skewMs) return () => {}
  let isTold = false
  let cancel = () => {}

  async function measure(): Promise<void> {
    await follow?.(() => databaseNow(db))
    const skew = skewMs?.() ?? 0
    const isNotable = Math.abs(skew) >= NOTABLE_SKEW_MS
    if (isNotable && !isTold) {
      log.warn(
        `the clock of this machine is ${roughly(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the database's, which counts; let NTP set both`,
      )
    }
    if (isTold && !isNotable) log.info("the clock of this machine agrees with the database's again")
    isTold = isNotable
  }

  function again(): void {
    cancel = clock.at(clock.now() + MEASURE_EVERY_MS, async () => {
      // A database that is away is reported by the ledger.
      await measure().catch(() => {})
      again()
    })
  }

  await measure()
  again()
  return () => cancel()
}
