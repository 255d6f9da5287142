import type { Incident } from './chaosTruth.ts'

/** What a message says, as a person reads it. */
export interface Reading {
  kind: 'down' | 'recovered' | 'other'
  /** The names of the services that it is about. */
  names: string[]
  /** Those of them that were down only so briefly that their recovery is the first that is told. */
  brief: string[]
  isRepeated: boolean
  /** The message without the line that says it is repeated. */
  text: string
}

/** A message as stored in the database. */
export interface Written {
  text: string
  createdAt: number
}

/** A message that was received. */
export interface Told extends Reading {
  /** In epoch milliseconds. */
  at: number
  /** The same message in the database. */
  message: Written | undefined
  /** Whether it had been received before. */
  isAgain: boolean
}

const TITLE = /^(?:🔴|🟢) (.+?) (is|are|was|were) (down|alive again)(?: \(\d+\/\d+\))?$/u
const LINE = /^• (.+?) — /u
/** Of a few services, or of many. */
const BRIEF_LINE = /^• (.+?) — (?:was down .*, silent since |[^,]+ at \d)/u

function read(message: string): Reading {
  const lines = message.split('\n')
  const isRepeated = lines.length > 1 && lines.at(-1)?.startsWith('repeated: ') === true
  if (isRepeated) lines.pop()
  const text = lines.join('\n').trimEnd()
  const [, who, verb, news] = TITLE.exec(lines[0] as string) ?? []
  if (!who) return { kind: 'other', names: [], brief: [], isRepeated, text }
  const namesIn = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])
  const names = verb === 'is' || verb === 'was' ? [who] : namesIn(LINE)
  const isPast = verb === 'was' || verb === 'were'
  const kind = news === 'down' && !isPast ? 'down' : 'recovered'
  return { kind, names, brief: isPast ? names : namesIn(BRIEF_LINE), isRepeated, text }
}

/**
 * Finds the stored message of each received one. The text alone is ambiguous, since a service may go down twice within a
 * minute. But messages are received in order, and two in a row never have the same text.
 */
export function recognize(accepted: readonly { text: string; at: number }[], messages: readonly Written[]): Told[] {
  const come = new Set<Written>()
  let newest = -1
  return accepted.map(({ text: whole, at }) => {
    const reading = read(whole)
    const isIt = ({ text }: Written) => text === reading.text
    const ahead = messages.findIndex((message, index) => index > newest && isIt(message))
    const isNext = ahead === newest + 1
    const before = messages.findLastIndex((message, index) => index <= newest && isIt(message))
    const found = isNext || before < 0 ? ahead : before
    newest = Math.max(newest, found)
    const message = messages[found]
    const isAgain = message !== undefined && come.has(message)
    if (message) come.add(message)
    return { ...reading, at, message, isAgain }
  })
}

/** Finds repetitions without a reason: no earlier answer was lost on purpose, and no server was killed meanwhile. */
export function baselessRepetitions(told: readonly Told[], { lost, kills }: Attempts): Told[] {
  const attempts = lost.map(({ text, at }) => ({ text: read(text).text, at }))
  // Only one message is sent at a time, so a kill explains at most one lost answer.
  const excuses = [...kills]
  return told.filter(({ isRepeated, text, at, message }) => {
    const isMeanwhile = (moment: number) => message !== undefined && moment >= message.createdAt && moment <= at
    if (!isRepeated || attempts.some((lost) => lost.text === text && isMeanwhile(lost.at))) return false
    const excuse = excuses.findIndex(isMeanwhile)
    if (excuse >= 0) excuses.splice(excuse, 1)
    return excuse < 0
  })
}

interface Attempts {
  lost: readonly { text: string; at: number }[]
  kills: readonly number[]
}

/** Compares the messages about a service with its incidents: each is down, then recovered, or both in one. */
export function compare(name: string, news: readonly Told[], incidents: readonly Incident[]) {
  const told = news
    .filter(({ names }) => names.includes(name))
    .flatMap(({ kind, brief }) => (brief.includes(name) ? ['down', kind] : [kind]))
  const due = incidents.flatMap(({ closedAt }) => (closedAt === null ? ['down'] : ['down', 'recovered']))
  const missing = notIn(told, due)
  const surplus = notIn(due, told)
  const isOrdered = missing.length + surplus.length > 0 || told.join() === due.join()
  const naming = (kinds: string[]) => kinds.map((kind) => `${name} ${kind}`)
  return {
    missing: naming(missing),
    surplus: naming(surplus),
    disordered: isOrdered ? [] : [`${name}: ${told.join()}`],
  }
}

function notIn(some: readonly string[], all: readonly string[]): string[] {
  const left = [...some]
  return all.filter((one) => {
    const found = left.indexOf(one)
    if (found >= 0) left.splice(found, 1)
    return found < 0
  })
}
