/** By how much the server's clock is ahead of the viewer's, which may be set wrong. */
let aheadMs = 0

/** Answers need some time to arrive; less than this is not a difference between clocks. */
const TOLERATED_MS = 2_000

export function noteServerTime(ms: number): void {
  const differsMs = ms - Date.now()
  if (Math.abs(differsMs - aheadMs) > TOLERATED_MS) aheadMs = differsMs
}

/** The moment as the server's clock shows it. */
export const serverNow = () => Date.now() + aheadMs
