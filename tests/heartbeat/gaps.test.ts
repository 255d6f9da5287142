import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeGaps, encodeGaps } from '../../db/gaps.ts'

test.each<[string, number[], number[]]>([
  ['no gap takes no byte', [], []],
  ['zero is a byte too', [0], [0]],
  ['127 ms fit into one byte', [127], [0x7f]],
  ['128 ms need two', [128], [0x80, 0x01]],
  ['16 383 ms still fit into two', [16_383], [0xff, 0x7f]],
  ['16 384 ms need three', [16_384], [0x80, 0x80, 0x01]],
  ['five minutes take three', [300_000], [0xe0, 0xa7, 0x12]],
  ['2³² ms, which bit operations cannot hold, take five', [4_294_967_296], [0x80, 0x80, 0x80, 0x80, 0x10]],
  ['gaps follow each other without a mark between them', [1, 300, 2], [0x01, 0xac, 0x02, 0x02]],
])('%s', (_title, gaps, bytes) => {
  expect([...encodeGaps(gaps)]).toEqual(bytes)
  expect(decodeGaps(Uint8Array.from(bytes))).toEqual(gaps)
})

test('the largest whole number survives, 50 times over', () => {
  const gaps = Array.from({ length: 50 }, () => Number.MAX_SAFE_INTEGER)
  expect(encodeGaps(gaps)).toHaveLength(400)
  expect(decodeGaps(encodeGaps(gaps))).toEqual(gaps)
})

test('50 gaps of a quarter take 250 bytes', () => {
  const quarter = 92 * 86_400_000
  expect(encodeGaps(Array.from({ length: 50 }, () => quarter))).toHaveLength(250)
})

test('any gaps come back as they were', () => {
  const gap = fc.oneof(fc.nat(1_000), fc.nat(), fc.maxSafeNat())
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 60 }), (gaps) => {
      expect(decodeGaps(encodeGaps(gaps))).toEqual(gaps)
    }),
  )
})
