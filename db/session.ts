import type { ClientBase } from 'pg'

/** How long an answer of PostgreSQL is waited for. Then the connection is given up. */
export const QUERY_TIMEOUT_MS = 15_000
/** The same for migrations, which may take long. */
export const LONG_QUERY_TIMEOUT_MS = 15 * 60_000

/** By so much earlier PostgreSQL ends a statement itself. It would go on with one whose client has left. */
const EARLIER_MS = 1_500
/** By so much earlier than that it gives up waiting for a lock, so that the error says what it was. */
const LOCK_EARLIER_MS = 1_000
/** A server that stands still in the middle of a transaction holds its locks no longer than this. */
const LONGEST_IDLE_MS = 60_000

/**
 * Makes a new connection's settings ours, whatever the server, the database or the role say by default. Whether it may
 * write is left as it is: who makes a database read-only has a reason.
 */
export const prepareSession = (queryTimeoutMs: number) => {
  const statementMs = queryTimeoutMs - EARLIER_MS
  const settings = {
    statement_timeout: statementMs,
    lock_timeout: Math.min(statementMs, QUERY_TIMEOUT_MS - EARLIER_MS) - LOCK_EARLIER_MS,
    idle_in_transaction_session_timeout: LONGEST_IDLE_MS,
    default_transaction_isolation: "'read committed'",
    standard_conforming_strings: 'on',
  }
  const text = Object.entries(settings)
    .map(([name, value]) => `set ${name} = ${value}`)
    .join('; ')
  return async (client: Pick<ClientBase, 'query'>): Promise<void> => {
    await client.query(text)
  }
}
