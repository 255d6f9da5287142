import { createHash } from 'node:crypto'
import { CALLBACK_DATA_BYTES } from './telegram/limits.ts'

/**
 * The `callback_data` of buttons: what Telegram sends back when somebody presses one. Every text is
 * `prefix:what:about`, and no other file builds or reads one. Messages keep their buttons for years, so a form that was
 * ever sent must stay readable: tests/bot/callback-data.test.ts lists them all.
 */
export interface CallbackData {
  alert: { verb: Verb<'alert'>; alertId: string }
  service: { verb: Verb<'service'>; service: Reference }
  mute: { verb: Verb<'mute'>; service: Reference }
  remove: { verb: Verb<'remove'>; service: Reference }
  /** For a command without a service: chooses a service, or turns the page of those that are offered. */
  [pick: `pick_${string}`]: { service: Reference; words: string } | { page: number }
  status: OnList
  full: OnList
  groups: OnList
  history: OnList
}

export type Prefix = keyof CallbackData

export const pickPrefix = (command: string) => `pick_${command}` as const

const verbs = {
  alert: ['ack', 'why', '1h', 'recovered', 'unmute'],
  service: ['refresh', '1h', '8h', 'recovered', 'good', 'unmute', 'pause', 'resume', 'seen'],
  mute: ['1h', '8h', '1d', 'recovered', 'good'],
  remove: ['yes', 'keep'],
} as const

export type Verb<P extends keyof typeof verbs> = (typeof verbs)[P][number]

const lists = ['status', 'full', 'groups', 'history'] as const
export type ListPrefix = (typeof lists)[number]

/**
 * Turns to a page of a list, or refreshes all its messages; `above` are the numbers of those above the one with the
 * button. `filter` is empty, a reference to a group, or made by `historyFilter`.
 */
export type OnList = { page: number; filter: string } | { above: number[]; filter: string }

/**
 * @throws RangeError for data that Telegram would refuse. Keys, groups and words of any length are no reason for it.
 */
export function encode<P extends Prefix>(prefix: P, data: CallbackData[P]): string {
  const [what, about] = partsOf(data)
  const text = `${prefix}:${what}:${about}`
  const bytes = Buffer.byteLength(text)
  if (bytes > CALLBACK_DATA_BYTES)
    throw new RangeError(`a button carries ${CALLBACK_DATA_BYTES} bytes at most, and "${text}" has ${bytes}`)
  return text
}

function partsOf(data: CallbackData[Prefix]): [what: string, about: string] {
  if ('above' in data) return [`r${data.above.join(',')}`, data.filter]
  if ('filter' in data) return [String(data.page), data.filter]
  if ('page' in data) return [String(data.page), '']
  if ('alertId' in data) return [data.verb, data.alertId]
  return ['verb' in data ? data.verb : escaped(data.words), data.service]
}

type Decoded = { [P in Prefix]: { prefix: P; data: CallbackData[P] } }[Prefix]

/** @returns `null` for a text that no version of this file has made */
export function decode(text: string): Decoded | null {
  // Only the last part may have colons of its own.
  const [, prefix = '', what = '', about = ''] = /^([^:]*):([^:]*):(.*)$/s.exec(text) ?? []
  if (hasVerbs(prefix)) {
    if (!verbs[prefix].some((verb) => verb === what)) return null
    // TypeScript does not see that the verb is one of this very prefix.
    return { prefix, data: { verb: what, [prefix === 'alert' ? 'alertId' : 'service']: about } } as Decoded
  }
  if (isList(prefix)) {
    const above = what.startsWith('r') ? what.slice(1).split(',').filter(Boolean).map(Number) : null
    return { prefix, data: above ? { above, filter: about } : { page: pageIn(what), filter: about } }
  }
  if (!isPick(prefix)) return null
  return { prefix, data: about === '' ? { page: pageIn(what) } : { service: about, words: unescaped(what) } }
}

const hasVerbs = (text: string): text is keyof typeof verbs => Object.hasOwn(verbs, text)
const isList = (text: string): text is ListPrefix => lists.some((prefix) => prefix === text)
const isPick = (text: string): text is `pick_${string}` => text.startsWith('pick_')
const pageIn = (text: string) => Math.trunc(Number(text)) || 0

/** Replaces a colon in words, such as that of a time, since colons separate the parts. */
const COLON = '\t'
/** The longest command that takes words and the longest reference leave room for these. */
const LONGEST_WORDS_BYTES = 18

/** Longer words are left out, as if nobody had written them. A tab becomes a space. */
const escaped = (words: string) =>
  Buffer.byteLength(words) <= LONGEST_WORDS_BYTES ? words.replaceAll(COLON, ' ').replaceAll(':', COLON) : ''
const unescaped = (what: string) => what.replaceAll(COLON, ':')

/** A key or a group in a button: `=` and the text itself if it is short, else `#` and a digest of it. */
export type Reference = string

/** The worst case is a history with the numbers of two messages, which has then exactly 64 bytes. */
const LONGEST_PLAIN_BYTES = 28
const DIGEST_LENGTH = 22

export function referenceTo(name: string): Reference {
  return Buffer.byteLength(name) <= LONGEST_PLAIN_BYTES ? `=${name}` : `#${digest(name)}`
}

/** Finds the name that is meant. A short one is read from the reference itself, and need not be among `names`. */
export async function dereference(
  reference: Reference,
  names: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  if (reference.startsWith('=')) return reference.slice(1)
  return (await names()).find((name) => referenceTo(name) === reference)
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH)

/** What a history is of, and how many changes it shows. `reference` is empty for all services. */
export interface HistoryFilter {
  of: keyof typeof historyLetters
  count: number
  reference: Reference
}

const historyLetters = { all: 'a', service: 'k', group: 'g', status: 's' } as const

export const historyFilter = ({ of, count, reference }: HistoryFilter): string =>
  `${historyLetters[of]}${count}${reference}`

export function readHistoryFilter(filter: string): HistoryFilter | null {
  const [, letter, count, reference = ''] = /^([akgs])(\d+)(.*)$/s.exec(filter) ?? []
  const found = Object.entries(historyLetters).find(([, one]) => one === letter)
  return found ? { of: found[0] as HistoryFilter['of'], count: Number(count), reference } : null
}
