import { zoned } from '../text/time.ts'

/** When it is quiet, and away from the full hours at which jobs run. */
const AT_NIGHT = { hour: 3, minute: 17, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 }

/** The last moment of the night at which a backup was due, and the next one. */
export function nightsAround(now: number, timezone: string): { lastAt: number; nextAt: number } {
  const tonight = zoned(now, timezone).with(AT_NIGHT)
  const isOver = tonight.epochMilliseconds <= now
  const [last, next] = isOver ? [tonight, tonight.add({ days: 1 })] : [tonight.subtract({ days: 1 }), tonight]
  return { lastAt: last.epochMilliseconds, nextAt: next.epochMilliseconds }
}
