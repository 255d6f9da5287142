import { lateRunWords, openRunWords } from '../text/runs.ts'
import { harmless } from '../text/words.ts'

/** Why a service is down, and since when for that reason; times in epoch milliseconds. */
export interface CauseNews {
  reason: string
  /** What a failed job said, or how long a run may take. */
  note: string | null
  causeAt: number
  /** Of a run that has not ended: when it started. */
  silentSince: number
}

/** UTF-16 units of what a failed job said. */
const LONGEST_NOTE = 200

/**
 * Says why a service is down: `failed at 03:10: disk full`, or `failed: disk full` where the time stands beside it already;
 * `silent since 02:30`; `started 02:30, has not ended (usually 12 min)`, or of what is over `its run started 02:30 and did not end in time`. A further reason gets its words here.
 */
export function causeText(
  { reason, note, causeAt, silentSince }: CauseNews,
  {
    clock,
    isTimed = true,
    isOver = false,
    longest = LONGEST_NOTE,
  }: { clock: (ms: number) => string; isTimed?: boolean; isOver?: boolean; longest?: number | undefined },
): string {
  if (reason === 'run') return (isOver ? lateRunWords : openRunWords)(clock(silentSince), harmless(note ?? '', longest))
  if (reason !== 'fail') return `silent since ${clock(silentSince)}`
  const said = harmless(note ?? '', longest)
  return `failed${isTimed ? ` at ${clock(causeAt)}` : ''}${said && `: ${said}`}`
}
