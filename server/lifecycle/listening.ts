/** A time in which the monitor did not listen; both ends in epoch milliseconds. */
export interface Outage {
  fromMs: number
  toMs: number
}

/** Sorts outages, and merges those that overlap or touch. The other functions here expect this form. */
export function mergeOutages(outages: readonly Outage[]): Outage[] {
  const merged: Outage[] = []
  for (const next of [...outages].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1)
    if (last && next.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, next.toMs)
    else merged.push({ ...next })
  }
  return merged
}

/** The moment at which the monitor has listened for `durationMs` since `fromMs`. */
export function afterListening(fromMs: number, durationMs: number, outages: readonly Outage[]): number {
  let end = fromMs + durationMs
  for (const outage of outages) {
    if (outage.toMs <= fromMs) continue
    if (outage.fromMs > end) break
    end += outage.toMs - Math.max(outage.fromMs, fromMs)
  }
  return end
}

/** The moment from which, until `toMs`, the monitor has listened for `durationMs`: `afterListening` backwards. */
export function listeningSince(toMs: number, durationMs: number, outages: readonly Outage[]): number {
  let start = toMs - durationMs
  for (const outage of outages.toReversed()) {
    if (outage.fromMs >= toMs) continue
    if (outage.toMs <= start) break
    start -= Math.min(outage.toMs, toMs) - outage.fromMs
  }
  return start
}

/** How long the monitor has listened between two moments, in milliseconds. */
export function listenedFor(fromMs: number, toMs: number, outages: readonly Outage[]): number {
  let listened = toMs - fromMs
  for (let index = firstEndingAfter(fromMs, outages); index < outages.length; index++) {
    const outage = outages[index] as Outage
    if (outage.fromMs >= toMs) break
    listened -= Math.max(0, Math.min(outage.toMs, toMs) - Math.max(outage.fromMs, fromMs))
  }
  return listened
}

/** The index of the first outage that ends after a moment, by a binary search, since there may be many. */
function firstEndingAfter(ms: number, outages: readonly Outage[]): number {
  let [low, high] = [0, outages.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((outages[middle] as Outage).toMs <= ms) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether any outage touches the time between two moments. */
export function spansOutage(fromMs: number, toMs: number, outages: readonly Outage[]): boolean {
  const newest = outages.findLast((outage) => outage.fromMs < toMs)
  return newest !== undefined && newest.toMs > fromMs
}
