import { dayOf, ensurePartition, isWithoutPartition } from '../../db/partitions.ts'
import { type StateWrite, writePlainHeartbeats, writeStates } from '../../db/states.ts'
import type { Deps } from '../deps.ts'
import { CallerError, isDatabaseAway } from '../errors.ts'
import type { ServiceState } from '../lifecycle/transition.ts'
import { storePauses } from '../watch/pauses.ts'
import { storeTransitions } from '../watch/transitions.ts'
import { attentionsOf, storeAttentions } from './attention.ts'
import { type Draft, draft, isPlain, stateWrite } from './draft.ts'
import { createKnownServices, type Known } from './known.ts'
import type { Refused } from './permission.ts'
import type { Signal } from './signal.ts'

/** A claim is lost only when another server hears the same service in the same moment. */
const ATTEMPTS = 10

export type RecorderDeps = Pick<Deps, 'config' | 'db' | 'clock' | 'ledger' | 'jobs' | 'feed' | 'metrics'>

/** Stores signals with all that they change. For services that are known from before this is one statement. */
export function createRecorder(deps: RecorderDeps) {
  const services = createKnownServices(deps)

  return async function record(signals: Signal[]): Promise<void> {
    try {
      await deps.ledger.caughtUp((signals[0] as Signal).at)
      await recordNew(signals).catch(async (error) => {
        if (!isWithoutPartition(error)) throw error
        await makePartitions(signals)
        await recordNew(signals)
      })
    } catch (error) {
      if (isDatabaseAway(error)) deps.ledger.cutOff(error, (signals[0] as Signal).at)
      throw error
    }
  }

  /** Those of the next days are made ahead; this is for the first heartbeat of all, and for a clock that was set. */
  async function makePartitions(signals: Signal[]): Promise<void> {
    for (const day of new Set(signals.map(({ at }) => dayOf(at)))) await ensurePartition(deps.db, day)
  }

  /** A batch that failed halfway comes again; what it had stored is not stored twice. */
  async function recordNew(signals: Signal[]): Promise<void> {
    await recordAll(signals.filter(({ storedAs, refusal }) => storedAs === undefined && !refusal))
  }

  async function recordAll(signals: Signal[]): Promise<void> {
    let left = signals
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === ATTEMPTS) {
        throw new CallerError(
          'contended',
          'other servers keep changing the same services; try again, repeating is harmless',
        )
      }
      left = await recordOnce(left)
    }
  }

  /** @returns the signals whose services turned out not to be as they were known */
  async function recordOnce(signals: Signal[]): Promise<Signal[]> {
    note(await services.load(signals))
    const { drafts, refused, left } = draft(
      signals.filter(({ refusal }) => !refusal),
      services.get,
      { rules: deps.config.rules, outages: deps.ledger.outages() },
    )
    note(refused)
    if (drafts.length === 0) return left
    const keys = signals.map(({ key }) => key)
    const claimed = await store(drafts).catch((error) => {
      services.forget(keys)
      throw error
    })
    for (const one of drafts) {
      if (claimed.has(one.known.id)) {
        for (const signal of one.signals) signal.storedAs = one.known.key
        deps.feed.touched(one.known.id)
        deps.metrics.changed(one.changes)
      } else {
        services.forget(one.signals.map(({ key }) => key))
        left.push(...one.signals)
      }
    }
    return left
  }

  async function store(drafts: Draft[]): Promise<Set<number>> {
    const states = drafts.map((one) => stateWrite(one, deps.config.rules))
    const heartbeats = drafts.flatMap(({ known, signals }) =>
      signals.map(({ at, kind, details }) => ({ serviceId: known.id, at, kind, details })),
    )
    const changes = drafts.flatMap((one) => one.changes)
    const claimed = drafts.every(isPlain)
      ? await writePlainHeartbeats(deps.db, states, heartbeats)
      : await deps.db.transaction().execute(async (trx) => {
          const claimed = await writeStates(trx, states, heartbeats)
          const isClaimed = ({ serviceId }: { serviceId: number }) => claimed.has(serviceId)
          await storeAttentions(trx, drafts.flatMap(attentionsOf).filter(isClaimed))
          await storePauses(trx, drafts.map(stateChange).filter(isClaimed))
          await storeTransitions(deps, trx, changes.filter(isClaimed))
          return claimed
        })
    drafts.forEach((one, index) => {
      if (claimed.has(one.known.id)) remember(one, states[index] as StateWrite)
    })
    return claimed
  }

  function remember({ known, state }: Draft, { checkAt }: StateWrite): void {
    known.version += 1
    adopt(known.state, state)
    if (checkAt === null) return
    known.checkAt = checkAt === 'never' ? null : checkAt
    if (known.checkAt !== null) deps.jobs.check.wakeAt(known.checkAt)
  }
}

function note(refused: readonly Refused[]): void {
  for (const { signal, refusal } of refused) signal.refusal = refusal
}

const stateChange = ({ known, state }: Draft) => ({ serviceId: known.id, before: known.state, after: state })

/**
 * Overwrites what is kept in mind rather than replacing it. It is long-lived, so that each replacement would be garbage
 * of the kind that a collector leaves lying longest: at 10,000 heartbeats a second, hundreds of megabytes.
 */
function adopt(kept: Known['state'], fresh: ServiceState): void {
  const { gaps } = kept
  gaps.length = fresh.gaps.length
  for (let index = 0; index < gaps.length; index++) gaps[index] = fresh.gaps[index] as number
  Object.assign(kept, fresh, { gaps })
}
