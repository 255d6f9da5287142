import { z } from 'zod'

const DEEPEST = 20
/** Objects, lists, texts, numbers and so on. In memory a small one takes twenty times its bytes of JSON. */
const MOST_VALUES = 1_000
/** Bytes as PostgreSQL writes JSON. It is stored with each heartbeat, and read for many services at once. */
const LARGEST_BYTES = 10_000

/** NUL characters and lone surrogates as JavaScript escapes them. PostgreSQL stores JSON as UTF-8 and refuses both. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/

function jsonFault(value: object): string | null {
  if (depthOf(value, DEEPEST) < 0) {
    return `must not be nested deeper than ${DEEPEST} levels; send what lies deeper as text`
  }
  const values = valuesIn(value)
  if (values > MOST_VALUES) {
    return `must hold at most ${MOST_VALUES} values, got ${values}; send less, or several of them as one text`
  }
  const text = JSON.stringify(value)
  const bytes = Buffer.byteLength(text) + digitsLeftOut(value)
  if (bytes > LARGEST_BYTES) return `must be at most ${LARGEST_BYTES} bytes of JSON, got ${bytes}`
  const found = unstorable.test(text)
  return found ? 'must not contain NUL characters (\\u0000) or lone surrogates' : null
}

function depthOf(value: unknown, left: number): number {
  if (value === null || typeof value !== 'object' || left < 0) return left
  let least = left
  for (const item of Object.values(value)) least = Math.min(least, depthOf(item, left - 1))
  return least
}

/** How many values there are in one, without itself. */
function valuesIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  let count = 0
  for (const item of Object.values(value)) count += 1 + valuesIn(item)
  return count
}

/** The digits that JavaScript abbreviates. PostgreSQL writes 1e300 as 301 digits. */
function digitsLeftOut(value: unknown): number {
  if (typeof value === 'number') return Number(/e[+-](\d+)/.exec(String(value))?.[1] ?? 0)
  if (value === null || typeof value !== 'object') return 0
  let sum = 0
  for (const item of Object.values(value)) sum += digitsLeftOut(item)
  return sum
}

/** zod leaves out this name without a word, since it is a trap of JavaScript's objects. */
function refuseProto(value: unknown, { addIssue }: z.RefinementCtx): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
    addIssue({ code: 'custom', message: 'metadata must not have a field that is called __proto__' })
  }
  return value
}

const object = z
  .record(z.string(), z.unknown(), { error: 'metadata must be a JSON object, e.g. {"version":"1.2"}' })
  .superRefine((value, context) => {
    const fault = jsonFault(value)
    if (fault) context.addIssue({ code: 'custom', message: `metadata ${fault}` })
  })

export const metadata = z
  .preprocess(refuseProto, object)
  .meta({ description: 'Anything you want to remember with the heartbeat', example: { version: '1.2' } })
