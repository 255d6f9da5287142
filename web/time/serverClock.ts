/** The lead of the server's clock over the viewer's, in milliseconds. Either may be wrong. */
let aheadMs = 0

/** Answers take time to arrive. A difference smaller than this may be no more than that. */
const TOLERATED_MS = 2_000

export function noteServerTime(ms: number): void {
  const differsMs = ms - Date.now()
  if (Math.abs(differsMs - aheadMs) > TOLERATED_MS) aheadMs = differsMs
}

/** The current moment by the server's clock, in milliseconds since 1970. */
export const serverNow = () => Date.now() + aheadMs
