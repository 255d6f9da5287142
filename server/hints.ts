import { z } from 'zod'
import type { HintLine } from '../db/hints.ts'
import type { Ground } from './ground.ts'

/** What servers tell each other of: kinds of things, and what names one of them. */
interface Topics {
  /** Services that were heard or changed, by their ids. */
  services: number
  removed: [id: number, key: string]
  /** Keys that were made or revoked. */
  keys: string
  /** Servers, by their versions. */
  started: string
}

type Topic = keyof Topics
/** What has changed; `null` if too much did, or something may have that was not heard of. */
type Subjects<T extends Topic> = Topics[T][] | null

/** Tells other servers what this one has changed, and hears of theirs. Hints get lost; whoever needs more than haste looks too. */
export interface Hints {
  /** Costs the caller nothing: what is told within a moment leaves together. Call it after the commit. */
  tell<T extends Topic>(topic: T, subject: Topics[T]): void
  /** To be called before `begin`. */
  on<T extends Topic>(topic: T, onHint: (subjects: Subjects<T>) => void): void
  /** Whether hints of other servers arrive now. */
  areHeard(): boolean
  begin(): void
  end(): Promise<void>
}

/** A server says something five times a second at most, since PostgreSQL lets one transaction at a time notify. */
const SHORTEST_PAUSE_MS = 200
const MOST_SUBJECTS = 100
/** PostgreSQL takes less than 8000. */
const LONGEST_TEXT_BYTES = 7_900

type HintsDeps = Pick<Ground, 'clock' | 'absence'> & { line: HintLine /** This process's. */; name: string }

export function createHints({ clock, absence, line, name }: HintsDeps): Hints {
  const listeners = new Map<Topic, (subjects: never) => void>()
  let waiting = new Map<Topic, Set<unknown>>()
  let saidAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | undefined
  let hasEnded = false

  function saySoon(): void {
    if (hasEnded) return
    const now = clock.now()
    // Further ahead than it can be: the clock was set back.
    if (saidAt > now) saidAt = now
    cancel ??= clock.at(Math.max(now, saidAt + SHORTEST_PAUSE_MS), say)
  }

  async function say(): Promise<void> {
    const topics = waiting
    waiting = new Map()
    if (topics.size > 0) {
      await line.say(textOf(name, topics)).catch((error) => absence.noted(error, 'could not tell the other servers'))
    }
    saidAt = clock.now()
    cancel = undefined
    if (waiting.size > 0) saySoon()
  }

  function onHint(text: string): void {
    const hint = readHint(text)
    if (hint === null || hint.from === name) return
    for (const [topic, subjects] of Object.entries(hint.topics)) listeners.get(topic as Topic)?.(subjects as never)
  }

  return {
    tell(topic, subject) {
      const subjects = waiting.get(topic) ?? new Set()
      waiting.set(topic, subjects)
      if (subjects.size <= MOST_SUBJECTS) subjects.add(subject)
      saySoon()
    },
    on(topic, listener) {
      listeners.set(topic, listener)
    },
    areHeard: line.isOpen,
    begin() {
      line.listen({
        onHint,
        onOpen() {
          for (const listener of listeners.values()) listener(null as never)
        },
      })
    },
    async end() {
      hasEnded = true
      cancel?.()
      await say()
    },
  }
}

const list = <T extends z.ZodType>(subject: T) => z.array(subject).nullable()

const said = z.object({
  from: z.string(),
  topics: z
    .object({
      services: list(z.int()),
      removed: list(z.tuple([z.int(), z.string()])),
      keys: list(z.string()),
      started: list(z.string()),
    } satisfies Record<Topic, z.ZodType>)
    .partial(),
})

/** What is none of ours, or of a version that speaks otherwise, is no hint. */
function readHint(text: string): z.output<typeof said> | null {
  try {
    return said.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Of too many things only the kind is told. */
function textOf(from: string, waiting: ReadonlyMap<Topic, ReadonlySet<unknown>>): string {
  const topics = [...waiting].map(([topic, subjects]) => [topic, subjects.size > MOST_SUBJECTS ? null : [...subjects]])
  const text = JSON.stringify({ from, topics: Object.fromEntries(topics) })
  if (Buffer.byteLength(text) <= LONGEST_TEXT_BYTES) return text
  return JSON.stringify({ from, topics: Object.fromEntries(topics.map(([topic]) => [topic, null])) })
}
