import { messagesWaitUntil } from '../db/attempts.ts'
import { expireEdits } from '../db/edits.ts'
import { giveUpMessages } from '../db/givingUp.ts'
import { lockAnnouncing } from '../db/messages.ts'
import type { Trx } from '../db/schema.ts'
import { DAY_MS } from '../db/units.ts'
import { announceAlerts } from './alert/alerts.ts'
import type { Deps, DepsInTransaction } from './deps.ts'
import { inTransaction } from './inTransaction.ts'
import { announceOutages } from './outage/announce.ts'
import { announceSummary } from './summary/announce.ts'

/** One kind of news. It composes messages from what there is to tell, and returns when there will be more. */
type Step = (deps: DepsInTransaction, trx: Trx, now: number) => Promise<number | null>

const STEPS: Step[] = [announceOutages, announceAlerts, announceSummary, giveUp]

/**
 * Announces news: composes messages and puts them into the outbox, so they are sent whatever happens to this process.
 * Any number of servers may do so; a lock lets one at a time, and the next finds the news announced.
 *
 * @returns when there will be more to tell, in epoch milliseconds; `null` if that is not known
 */
export async function announce(deps: Deps): Promise<number | null> {
  await deps.ledger.caughtUp()
  const moments: number[] = []
  const errors: unknown[] = []
  for (const step of STEPS) {
    // Each step has its own transaction, so that a step that fails holds back no other.
    const moment = await inTurn(deps, step).catch((error) => {
      errors.push(error)
      return null
    })
    if (moment !== null) moments.push(moment)
  }
  deps.couriers.kick()
  if (errors.length > 0) throw errors[0]
  return moments.length === 0 ? null : Math.min(...moments)
}

async function inTurn(deps: Deps, step: Step): Promise<number | null> {
  return inTransaction(deps, async (deps, trx) => {
    await lockAnnouncing(trx)
    return step(deps, trx, deps.clock.now())
  })
}

const GIVE_UP_AFTER_MS = 3 * DAY_MS

/**
 * Gives up what cannot be delivered. That includes messages to a chat that is no longer set up.
 *
 * @returns when the next message is to be tried again; `null` if none is
 */
async function giveUp({ channels, log, metrics }: DepsInTransaction, trx: Trx, now: number): Promise<number | null> {
  const createdBefore = now - GIVE_UP_AFTER_MS
  await expireEdits(trx, createdBefore)
  const givenUp = await giveUpMessages(trx, { createdBefore, targets: channels.map(({ target }) => target), now })
  for (const { target, error } of givenUp) {
    log.error({ target, reason: error }, 'a message is not tried again')
    metrics.delivered(target, 'failed')
  }
  const moments: number[] = []
  for (const { target } of channels) {
    const { retryAt = null } = (await messagesWaitUntil(trx, target)) ?? {}
    if (retryAt !== null && retryAt > now) moments.push(retryAt)
  }
  return moments.length === 0 ? null : Math.min(...moments)
}
