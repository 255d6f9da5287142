import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import type { Db } from './schema.ts'
import { prepareSession } from './session.ts'

/**
 * Publish and subscribe between the servers of one database, by PostgreSQL's LISTEN and NOTIFY. A server misses what is
 * said while it does not listen.
 */
export interface HintLine {
  say(text: string): Promise<void>
  /** Listens until it is closed, and reconnects when the connection is lost. */
  listen(listener: HintListener): void
  /** Whether it is connected, so that it hears what others say. */
  isOpen(): boolean
  close(): Promise<void>
}

export interface HintListener {
  /** Called with what any server says, this one included. */
  onHint(text: string): void
  /** Called when it begins to listen, and after each reconnection: what was said before was missed. */
  onOpen(): void
}

const CHANNEL = 'stillbeat'
const RECONNECT_AFTER_MS = 1_000
/** A keep-alive: only a statement tells a dead connection from a quiet one. It is a NOTIFY, which a standby refuses. */
const CHECK_EVERY_MS = 15_000
const QUERY_TIMEOUT_MS = 5_000

export function openHintLine(db: Db, config: pg.ClientConfig): HintLine {
  const prepare = prepareSession(QUERY_TIMEOUT_MS)
  let client: pg.Client | undefined
  let isOpen = false
  let isClosed = false

  async function keepListening(listener: HintListener): Promise<void> {
    while (!isClosed) {
      // A lost line is not reported: whoever waits for hints also polls the database.
      await listenUntilLost(listener).catch(() => {})
      if (!isClosed) await sleep(RECONNECT_AFTER_MS, undefined, { ref: false })
    }
  }

  async function listenUntilLost({ onHint, onOpen }: HintListener): Promise<void> {
    const fresh = new pg.Client({ ...config, query_timeout: QUERY_TIMEOUT_MS })
    const lost = new AbortController()
    fresh.once('end', () => lost.abort())
    fresh.on('error', () => {})
    fresh.on('notification', ({ payload }) => payload && onHint(payload))
    client = fresh
    try {
      await fresh.connect()
      await prepare(fresh)
      await fresh.query(`listen ${CHANNEL}`)
      isOpen = true
      onOpen()
      while (await staysOpen(CHECK_EVERY_MS, lost.signal)) {
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

/** Sleeps. @returns false if the connection was lost meanwhile */
const staysOpen = (ms: number, lost: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { ref: false, signal: lost }).catch(() => false)

/** The line of an embedded database, which has one server: there is no other to talk to. */
export const noHintLine: HintLine = {
  say: async () => {},
  listen: () => {},
  isOpen: () => true,
  close: async () => {},
}
