import { z } from 'zod'
import type { HintLine } from '../db/hints.ts'
import type { Ground } from './ground.ts'

/** The topics of hints, each with what names one change. */
interface Topics {
  /** The id of a service that was heard or changed. */
  services: number
  /** A service that was removed. */
  removed: [id: number, key: string]
  /** The id of an API key that was created or revoked, as text. */
  keys: string
  /** A session that was ended: the hash of its token. */
  sessions: string
  /** The version of a server that has started. */
  started: string
}

type Topic = keyof Topics
/** What changed; `null` means "anything may have", since there was too much to list or hints were missed. */
type Subjects<T extends Topic> = Topics[T][] | null

/**
 * Pub/sub between the servers of one database, over PostgreSQL's LISTEN and NOTIFY. A hint says that something has
 * changed, so that other servers invalidate their caches and read it again. Delivery is best effort: a subscriber that
 * must not miss a change also polls the database, or lets its cache expire.
 */
export interface Hints {
  /** Publishes a change, after its commit. Returns at once: changes are collected for a moment and sent together. */
  tell<T extends Topic>(topic: T, subject: Topics[T]): void
  /** Subscribes to a topic. Subscribers are called in the order in which they came. Call it before `begin`. */
  on<T extends Topic>(topic: T, onHint: (subjects: Subjects<T>) => void): void
  /** Whether this server is connected, so that hints of other servers arrive. */
  areHeard(): boolean
  begin(): void
  /** Sends what is still waiting, and nothing after it. */
  end(): Promise<void>
}

/** A throttle: a server notifies five times a second at most, since PostgreSQL lets one transaction at a time do so. */
const SHORTEST_PAUSE_MS = 200
/** A topic with more changes than this is sent as `null`. */
const MOST_SUBJECTS = 100
/** PostgreSQL takes a payload of less than 8000 bytes. */
const LONGEST_TEXT_BYTES = 7_900

type HintsDeps = Pick<Ground, 'clock' | 'absence'> & {
  line: HintLine
  /** Names this process, so that it can ignore its own hints. */
  name: string
}

export function createHints({ clock, absence, line, name }: HintsDeps): Hints {
  const listeners = new Map<Topic, ((subjects: never) => void)[]>()
  let waiting = new Map<Topic, Set<unknown>>()
  let saidAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | undefined
  let hasEnded = false

  function saySoon(): void {
    if (hasEnded) return
    const now = clock.now()
    // A time in the future means that the clock was set back.
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
    for (const [topic, subjects] of Object.entries(hint.topics)) {
      for (const listener of listeners.get(topic as Topic) ?? []) listener(subjects as never)
    }
  }

  return {
    tell(topic, subject) {
      const subjects = waiting.get(topic) ?? new Set()
      waiting.set(topic, subjects)
      // One more than can be listed says that there are too many.
      if (subjects.size <= MOST_SUBJECTS) subjects.add(subject)
      saySoon()
    },
    on(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
    },
    areHeard: line.isOpen,
    begin() {
      line.listen({
        onHint,
        onOpen() {
          for (const listener of [...listeners.values()].flat()) listener(null as never)
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
      sessions: list(z.string()),
      started: list(z.string()),
    } satisfies Record<Topic, z.ZodType>)
    .partial(),
})

/** @returns `null` for text that is not a hint, or comes from a version with another format */
function readHint(text: string): z.output<typeof said> | null {
  try {
    return said.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Writes a hint as JSON. Where the list of changes is too long, only the topic is named. */
function textOf(from: string, waiting: ReadonlyMap<Topic, ReadonlySet<unknown>>): string {
  const topics = [...waiting].map(([topic, subjects]) => [topic, subjects.size > MOST_SUBJECTS ? null : [...subjects]])
  const text = JSON.stringify({ from, topics: Object.fromEntries(topics) })
  if (Buffer.byteLength(text) <= LONGEST_TEXT_BYTES) return text
  return JSON.stringify({ from, topics: Object.fromEntries(topics.map(([topic]) => [topic, null])) })
}
