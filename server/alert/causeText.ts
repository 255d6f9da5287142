import { harmless } from '../text/words.ts'

/** Why a service is down, and since when for that reason; times in epoch milliseconds. */
export interface CauseNews {
  reason: string
  /** What a failed job said. */
  note: string | null
  causeAt: number
  silentSince: number
}

/** UTF-16 units of what a failed job said. */
const LONGEST_NOTE = 200

/**
 * Says why a service is down: `failed at 03:10: disk full`, or `failed: disk full` where the time stands beside it already;
 * `silent since 02:30`. A further reason gets its words here.
 */
export function causeText(
  { reason, note, causeAt, silentSince }: CauseNews,
  {
    clock,
    isTimed = true,
    longest = LONGEST_NOTE,
  }: { clock: (ms: number) => string; isTimed?: boolean; longest?: number | undefined },
): string {
  if (reason !== 'fail') return `silent since ${clock(silentSince)}`
  const said = harmless(note ?? '', longest)
  return `failed${isTimed ? ` at ${clock(causeAt)}` : ''}${said && `: ${said}`}`
}
