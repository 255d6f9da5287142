import Fuse from 'fuse.js'
import { z } from 'zod'
import { isTimeZone, zoneOf } from '../text/timezone.ts'
import { harmless } from '../text/words.ts'

/** What people mean by these, where Intl knows nothing or takes them for a place elsewhere (`BST` for Dhaka). */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['AEST', 'Australia/Sydney'],
  ['AST', 'America/Halifax'],
  ['BST', 'Europe/London'],
  ['CDT', 'America/Chicago'],
  ['CEST', 'Europe/Berlin'],
  ['EDT', 'America/New_York'],
  ['EEST', 'Europe/Athens'],
  ['IST', 'Asia/Kolkata'],
  ['MDT', 'America/Denver'],
  ['MSK', 'Europe/Moscow'],
  ['PDT', 'America/Los_Angeles'],
  ['WEST', 'Europe/Lisbon'],
])

const LONGEST_NAME = 40

/** A time zone that is set from now on. */
export const timezone = z
  .string()
  .refine(isTimeZone, { error: ({ input }) => `timezone ${timezoneFault(String(input))}` })

/** What to say of a name that is no time zone, after the name of its setting. */
export function timezoneFault(name: string): string {
  return `must be a time zone, and ${harmless(name, LONGEST_NAME) || 'an empty name'} is none: ${hintFor(name.trim())}`
}

function hintFor(name: string): string {
  const near = nearestZone(name)
  if (near) return `use ${near}`
  const like = similar(name)
  return like ? `did you mean ${like}?` : 'use one of the IANA list, e.g. Europe/Berlin'
}

function nearestZone(name: string): string | null {
  if (name.length > LONGEST_NAME) return null
  const near = MEANT.get(name.toUpperCase()) ?? zoneOf(name) ?? offset(name) ?? named(name)
  return near !== null && isTimeZone(near) ? near : null
}

/** `UTC+3` and `GMT-03:30`, which people mean as they are written. `Etc/GMT+3` is the opposite. */
function offset(name: string): string | null {
  const [, sign, hours, minutes = '00'] = /^\s*(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d\d))?\s*$/i.exec(name) ?? []
  return sign && hours ? `${sign}${hours.padStart(2, '0')}:${minutes}` : null
}

/** A zone whose city this is. */
function named(name: string): string | null {
  const plain = name.replaceAll(' ', '_').toLowerCase()
  return Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(`/${plain}`)) ?? null
}

/** A zone that is spelt about like this. */
function similar(name: string): string | null {
  if (name.length < 3 || name.length > LONGEST_NAME) return null
  const all = new Fuse(Intl.supportedValuesOf('timeZone'), { threshold: 0.3 })
  return all.search(name, { limit: 1 })[0]?.item ?? null
}
