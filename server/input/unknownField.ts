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
    known.find((name) => name.toLowerCase().endsWith(plain(key))) ??
    misspelled(key, known)
  if (meant) return `there is no such field; did you mean ${meant}?`
  return `there is no such field; there are ${known.join(', ')}`
}

function misspelled(key: string, known: readonly string[]) {
  const asLong = known.filter((name) => Math.abs(name.length - key.length) <= 2)
  return new Fuse(asLong, { threshold: 0.3 }).search(key, { limit: 1 })[0]?.item
}

/** `service_key` and `ServiceKey` as `servicekey`. */
const plain = (name: string) => name.replaceAll(/[_\s-]/g, '').toLowerCase()
