/**
 * Encodes gaps, in whole milliseconds, as varints (LEB128): base 128, lowest digits first, the high bit set on all but the
 * last byte. Five minutes take 3 bytes and three months 5, so the row that every heartbeat rewrites stays narrow.
 */
export function encodeGaps(gaps: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(gaps.length * 8)
  let end = 0
  for (const gap of gaps) {
    let rest = gap
    while (rest >= 128) {
      bytes[end++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    bytes[end++] = rest
  }
  return bytes.subarray(0, end)
}

/** Decodes gaps: whole milliseconds, oldest first. */
export function decodeGaps(bytes: Uint8Array): number[] {
  const gaps: number[] = []
  let gap = 0
  let weight = 1
  for (const byte of bytes) {
    gap += (byte % 128) * weight
    weight *= 128
    if (byte < 128) {
      gaps.push(gap)
      gap = 0
      weight = 1
    }
  }
  return gaps
}
