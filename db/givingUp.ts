import { sql } from 'kysely'
import { ALERT_KINDS } from './alertKinds.ts'
import { MOST_COPIES } from './copies.ts'
import type { Trx } from './schema.ts'
import { MINUTE_MS } from './units.ts'

/** An attempt that began longer ago is over, or the process that made it has died. */
const ATTEMPT_OVER_AFTER_MS = MINUTE_MS
const HOLDER_DEAD_AFTER_MS = 10 * MINUTE_MS

/**
 * Gives up messages that waited too long, of which the last attempt was cut off, or that were refused often while others
 * got through and now hold up a later message about the same service. What was never attempted is given up only if
 * nobody sends to its target any more.
 *
 * @returns the target of each, and why
 */
export async function giveUpMessages(
  trx: Trx,
  { createdBefore, targets, now }: { createdBefore: number; targets: readonly string[]; now: number },
): Promise<{ target: string; error: string }[]> {
  const { rows } = await sql<{ target: string; error: string }>`
    with given_up as (
      select m.id, case
        when m.created_at < ${createdBefore} and (m.attempts > 0 or m.target <> all(${[...targets]}::text[]))
          then 'given up after three days'
        when m.copies >= ${MOST_COPIES} and m.attempted_at < ${now - HOLDER_DEAD_AFTER_MS}
          then 'given up, since the server stopped during each of its attempts; it may have arrived'
        when m.copies >= ${MOST_COPIES - 1} and ${othersGotThrough} and ${holdsUpALaterOne}
          then 'given up, since a later message about the same service waits'
      end as why
      from messages m
      where m.state = 'pending' and coalesce(m.attempted_at, 0) not between ${now - ATTEMPT_OVER_AFTER_MS} and ${now}
    )
    update messages m set state = 'failed', settled_at = ${now}::bigint, error = g.why || coalesce(': ' || m.error, '')
    from given_up g where m.id = g.id and g.why is not null and m.state = 'pending'
    returning m.target, m.error`.execute(trx)
  return rows
}

const othersGotThrough = sql`exists (
  select from messages other
  where other.target = m.target and other.state = 'sent' and other.settled_at > m.attempted_at
)`

const holdsUpALaterOne = sql`exists (
  select from messages later
    cross join jsonb_array_elements(later.data -> 'services') as l (service)
    join jsonb_array_elements(m.data -> 'services') as s (service) on s.service -> 'service_key' = l.service -> 'service_key'
  where later.target = m.target and later.state = 'pending' and coalesce(later.queued_as, later.id) > coalesce(m.queued_as, m.id)
    and later.data ->> 'event' = any(${[...ALERT_KINDS]}::text[])
    and m.data ->> 'event' = any(${[...ALERT_KINDS]}::text[])
)`
