import { dayOf, ensurePartition, isWithoutPartition } from '../../db/partitions.ts'
import { type StateWrite, writePlainHeartbeats, writeStates } from '../../db/states.ts'
import { CallerError, isDatabaseAway } from '../errors.ts'
import type { Ground } from '../ground.ts'
import { inTransaction } from '../inTransaction.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { ServiceState } from '../lifecycle/transition.ts'
import type { Feed } from '../live/feed.ts'
import { storePauses } from '../watch/pauses.ts'
import { storeTransitions } from '../watch/transitions.ts'
import { attentionsOf, storeAttentions } from './attention.ts'
import { type Draft, draft, isPlain, stateWrite } from './draft.ts'
import { createKnownServices, type Known } from './known.ts'
import type { Refused } from './permission.ts'
import type { Signal } from './signal.ts'

/** How often signals are tried. Later attempts fail only if another server writes at that very moment. */
const ATTEMPTS = 10

export type RecorderDeps = Pick<Ground, 'config' | 'db' | 'clock' | 'ledger' | 'metrics'> & {
  jobs: Jobs
  feed: Feed
}

/** Stores signals and all that they change. Plain heartbeats of cached services take one statement. */
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

  /** Makes partitions that `tidy` has not made ahead: for the very first heartbeat, and for a clock that was set. */
  async function makePartitions(signals: Signal[]): Promise<void> {
    for (const day of new Set(signals.map(({ at }) => dayOf(at)))) await ensurePartition(deps.db, day)
  }

  /** Leaves out what is stored or refused already, since a batch that failed halfway comes again. */
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

  /** @returns the signals to try again, since their services have changed or were removed from the cache */
  async function recordOnce(signals: Signal[]): Promise<Signal[]> {
    noteRefusals(await services.load(signals))
    const { drafts, refused, left } = draft(
      signals.filter(({ refusal }) => !refusal),
      services.get,
      { rules: deps.config.rules, outages: deps.ledger.outages() },
    )
    noteRefusals(refused)
    if (drafts.length === 0) return left
    const keys = signals.map(({ key }) => key)
    const claimed = await store(drafts).catch((error) => {
      services.forget(keys)
      throw error
    })
    for (const drafted of drafts) {
      if (claimed.has(drafted.known.id)) {
        for (const signal of drafted.signals) signal.storedAs = drafted.known.key
        deps.feed.touched(drafted.known.id)
        deps.metrics.changed(drafted.changes)
      } else {
        services.forget(drafted.signals.map(({ key }) => key))
        left.push(...drafted.signals)
      }
    }
    return left
  }

  async function store(drafts: Draft[]): Promise<Set<number>> {
    const states = drafts.map((drafted) => stateWrite(drafted, deps.config.rules))
    const heartbeats = drafts.flatMap(({ known, signals }) =>
      signals.map(({ at, kind, details }) => ({ serviceId: known.id, at, kind, details })),
    )
    const changes = drafts.flatMap(({ changes }) => changes)
    const claimed = drafts.every(isPlain)
      ? await writePlainHeartbeats(deps.db, states, heartbeats)
      : await inTransaction(deps, async (deps, trx) => {
          const claimed = await writeStates(trx, states, heartbeats)
          const isClaimed = ({ serviceId }: { serviceId: number }) => claimed.has(serviceId)
          await storeAttentions(trx, drafts.flatMap(attentionsOf).filter(isClaimed))
          await storePauses(trx, drafts.map(stateChange).filter(isClaimed))
          await storeTransitions(deps, trx, changes.filter(isClaimed))
          return claimed
        })
    drafts.forEach((drafted, index) => {
      if (claimed.has(drafted.known.id)) remember(drafted, states[index] as StateWrite)
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

function noteRefusals(refused: readonly Refused[]): void {
  for (const { signal, refusal } of refused) signal.refusal = refusal
}

const stateChange = ({ known, state }: Draft) => ({ serviceId: known.id, before: known.state, after: state })

/**
 * Overwrites a cached state in place. The state is long-lived, so replacing it would make garbage of the kind that the
 * collector leaves longest: at 10,000 heartbeats a second, hundreds of megabytes.
 */
function adopt(kept: Known['state'], fresh: ServiceState): void {
  const { gaps } = kept
  gaps.length = fresh.gaps.length
  for (let index = 0; index < gaps.length; index++) gaps[index] = fresh.gaps[index] as number
  Object.assign(kept, fresh, { gaps })
}
