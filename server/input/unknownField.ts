import Fuse from 'fuse.js'
import type { z } from 'zod'
import { harmless } from '../text/words.ts'

type UnknownFields = Extract<z.core.$ZodRawIssue, { code: 'unrecognized_keys' }>

/** Names each unknown field of an input, and the known one that was probably meant. */
export function unknownFieldMessage({ keys, inst }: UnknownFields): string {
  const known = Object.keys((inst as z.ZodObject | undefined)?.shape ?? {})
  return keys
    .slice(0, MOST_NAMED)
    .map((key) => `${harmless(key, LONGEST_NAME)}: ${hintFor(key, known)}`)
    .join('; ')
}

const MOST_NAMED = 3
/** In UTF-16 units. The caller chose the name, and may have chosen a long one. */
const LONGEST_NAME = 60

function hintFor(key: string, known: readonly string[]): string {
  const meant =
    known.find((name) => plain(name) === plain(key)) ??
    slips.get(plain(key))?.find((name) => known.includes(name)) ??
    known.find((name) => isPartOf(key, name)) ??
    misspelled(key, known)
  if (known.length === 0) return 'there is no such field, and no other'
  if (meant) return `there is no such field; did you mean ${meant}?`
  return `there is no such field; there are ${known.join(', ')}`
}

/** Whether a name is the beginning or the end of another, as `grace` and `seconds` of `graceSeconds`. */
const isPartOf = (key: string, name: string) =>
  plain(key).length >= LEAST_PART && (plain(name).startsWith(plain(key)) || plain(name).endsWith(plain(key)))

const LEAST_PART = 3

/** What people write for names that are spelt otherwise, as other monitors call them. */
const slips = new Map([
  ['cron', ['schedule']],
  ['tz', ['timezone']],
  ['until', ['mutedUntil']],
  ['msg', ['message']],
  ['muted', ['mutedUntil']],
  ['state', ['status']],
  ['service', ['serviceKey', 'service_key']],
  ['key', ['serviceKey', 'service_key']],
  ['name', ['displayName']],
  ['period', ['expectedPeriodSeconds']],
  ['interval', ['expectedPeriodSeconds']],
])

function misspelled(key: string, known: readonly string[]) {
  const asLong = known.filter((name) => Math.abs(name.length - key.length) <= 2)
  return new Fuse(asLong, { threshold: 0.3 }).search(key, { limit: 1 })[0]?.item
}

/** `service_key` and `ServiceKey` as `servicekey`. */
const plain = (name: string) => name.replaceAll(/[_\s-]/g, '').toLowerCase()
