import { dateOfDay, listPartitions } from '../../db/partitions.ts'
import type { TestApp } from './app.ts'
import { DAY, HOUR } from './clock.ts'

/** Moves the clock on until the nightly work of the next night is done. */
export async function liveUntilNight(app: TestApp): Promise<void> {
  const sinceNight = (app.clock.now() - HOUR) % DAY
  await app.live(DAY - sinceNight)
}

/** The days that have a partition for heartbeats. */
export async function partitionsOf(app: TestApp): Promise<string[]> {
  return (await listPartitions(app.database.db)).map(dateOfDay)
}
