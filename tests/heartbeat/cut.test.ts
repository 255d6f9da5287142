import { expect, test } from 'vitest'
import { signalInput } from '../../server/heartbeat/receive.ts'
import { cutText } from '../../server/input/text.ts'

const kept = (output: string, message = '') =>
  signalInput.parse({ serviceKey: 'job', kind: 'log', output, message }) as { output: string; message: string }

test('what JSON writes as one character is kept up to the limit', () => {
  expect(kept(`${'ü'.repeat(9_999)}end`).output).toBe(`${'ü'.repeat(9_997)}end`)
  expect(kept('', `begin${'ü'.repeat(2_000)}`).message).toBe(`begin${'ü'.repeat(1_995)}`)
})

test.each(['\u0001', '\u001b', '\n', '"', '\\', '\u007f', '👩'])('%j is counted as JSON writes it', (one) => {
  const { output, message } = kept(one.repeat(10_000), one.repeat(10_000))
  const length = (text: string) => JSON.stringify(text).length - 2
  expect(length(output)).toBeLessThanOrEqual(10_000)
  expect(length(output)).toBeGreaterThan(10_000 - 6)
  expect(length(message)).toBeLessThanOrEqual(2_000)
  expect(length(message)).toBeGreaterThan(2_000 - 6)
})

test('a character that is cut in half, or cannot be stored, is replaced', () => {
  expect(cutText(3).parse('ab👩')).toBe('ab\uFFFD')
  expect(cutText(3, 'end').parse('👩ab')).toBe('\uFFFDab')
  expect(cutText(3).parse('a\0b')).toBe('a\uFFFDb')
})
