import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import type { Db } from './schema.ts'

/** A line on which the servers of one database call to each other. What is said while one does not listen, it misses. */
export interface HintLine {
  say(text: string): Promise<void>
  /** From now on, until it is closed; a connection that was lost is replaced. */
  listen(listener: HintListener): void
  /** Whether what others say is heard now. */
  isOpen(): boolean
  close(): Promise<void>
}

export interface HintListener {
  /** Told of whatever a server says, also of what this one does. */
  onHint(text: string): void
  /** It listens now; what was said before was missed. */
  onOpen(): void
}

const CHANNEL = 'stillbeat'
const AGAIN_AFTER_MS = 1_000
/** A connection that fell silent is told from a quiet one by saying something on it, which a standby refuses. */
const CHECK_EVERY_MS = 15_000

export function openHintLine(db: Db, config: pg.ClientConfig): HintLine {
  let client: pg.Client | undefined
  let isOpen = false
  let isClosed = false

  async function keepListening(listener: HintListener): Promise<void> {
    while (!isClosed) {
      // Whoever waits for news also looks now and then, so a line that is down is no fault to tell of.
      await listenUntilLost(listener).catch(() => {})
      if (!isClosed) await pause(AGAIN_AFTER_MS, undefined, { ref: false })
    }
  }

  async function listenUntilLost({ onHint, onOpen }: HintListener): Promise<void> {
    const fresh = new pg.Client(config)
    const lost = new AbortController()
    fresh.once('end', () => lost.abort())
    fresh.on('error', () => {})
    fresh.on('notification', ({ payload }) => payload && onHint(payload))
    client = fresh
    try {
      await fresh.connect()
      await fresh.query(`listen ${CHANNEL}`)
      isOpen = true
      onOpen()
      while (await lasts(CHECK_EVERY_MS, lost.signal)) {
        await fresh.query(`notify ${CHANNEL}`)
      }
    } finally {
      isOpen = false
      fresh.connection.stream.destroy()
    }
  }

  return {
    async say(text) {
      await sql`select pg_notify(${CHANNEL}, ${text})`.execute(db)
    },
    listen(listener) {
      void keepListening(listener)
    },
    isOpen: () => isOpen,
    async close() {
      isClosed = true
      client?.connection.stream.destroy()
    },
  }
}

/** Waits; false if the connection is lost meanwhile. */
const lasts = (ms: number, lost: AbortSignal): Promise<boolean> =>
  pause(ms, true, { ref: false, signal: lost }).catch(() => false)

/** Where one process has the database for itself, there is nobody to call to. */
export const noHintLine: HintLine = {
  say: async () => {},
  listen: () => {},
  isOpen: () => true,
  close: async () => {},
}
