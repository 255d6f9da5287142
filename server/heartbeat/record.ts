import { dayOf, ensurePartition, isWithoutPartition } from '../../db/partitions.ts'
import type { HeartbeatKind } from '../../db/schema.ts'
import { type StateWrite, writePlainHeartbeats, writeStates } from '../../db/states.ts'
import type { Deps } from '../deps.ts'
import { CallerError, isDatabaseAway } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'
import { storePauses } from '../lifecycle/pauses.ts'
import { afterSignal, nextChangeAt, type ServiceState } from '../lifecycle/transition.ts'
import { type ServiceChange, storeTransitions } from '../lifecycle/transitions.ts'
import { attentionsOf, noteOf, storeAttentions } from './attention.ts'
import { createKnownServices, type Known } from './known.ts'
import { refusalOf } from './permission.ts'

/** One heartbeat on its way into the database. */
export interface Signal {
  key: string
  kind: HeartbeatKind
  at: number
  /** JSON text. */
  details: string | null
  /** JSON text. */
  metadata: string | null
  caller: Caller
  /** Set once it is stored: the service's own key, where the signal came under an alias. */
  storedAs?: string
  /** Set where the caller may not send it. */
  refusal?: CallerError
}

/** What a batch does to one service. */
interface Draft {
  known: Known
  state: ServiceState
  signals: Signal[]
  gapsLearned: number[]
  changes: ServiceChange[]
}

/** A claim is lost only when another server hears the same service in the same moment. */
const ATTEMPTS = 10
/** Two servers' clocks may differ by this much without a check coming too late. */
const CLOCK_SKEW_MS = 1_000

/** Stores signals with all that they change. For services that are known from before this is one statement. */
export function createRecorder(
  deps: Pick<Deps, 'config' | 'db' | 'clock' | 'ledger' | 'wakeAt' | 'tell' | 'feed' | 'metrics'>,
) {
  const services = createKnownServices(deps)

  return async function record(signals: Signal[]): Promise<void> {
    try {
      await deps.ledger.caughtUp()
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
          'SERVICE_UNAVAILABLE',
          'other servers keep changing the same services; try again, repeating is harmless',
        )
      }
      left = await recordOnce(left)
    }
  }

  /** @returns the signals whose services turned out not to be as they were known */
  async function recordOnce(signals: Signal[]): Promise<Signal[]> {
    await services.load(signals)
    const { drafts, left } = draft(signals)
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
      } else {
        services.forget(one.signals.map(({ key }) => key))
        left.push(...one.signals)
      }
    }
    return left
  }

  function draft(signals: Signal[]): { drafts: Draft[]; left: Signal[] } {
    const drafts = new Map<number, Draft>()
    const left: Signal[] = []
    const outages = deps.ledger.outages()
    for (const signal of signals) {
      const known = services.get(signal.key)
      if (signal.refusal || (known && isRefused(signal, known))) continue
      if (!known) {
        left.push(signal)
        continue
      }
      let one = drafts.get(known.id)
      if (!one) {
        one = { known, state: known.state, signals: [], gapsLearned: [], changes: [] }
        drafts.set(known.id, one)
      }
      const { state, changes } = afterSignal(one.state, signal, deps.config.rules, outages)
      if (state.gaps !== one.state.gaps) one.gapsLearned.push(state.gaps.at(-1) as number)
      one.state = state
      one.signals.push(signal)
      for (const change of changes) one.changes.push({ ...change, serviceId: known.id, note: noteOf(signal, change) })
    }
    return { drafts: [...drafts.values()], left }
  }

  async function store(drafts: Draft[]): Promise<Set<number>> {
    const states = drafts.map(stateWrite)
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

  function stateWrite({ known, state, signals, gapsLearned }: Draft): StateWrite {
    const forgotten = known.state.gaps.length + gapsLearned.length - state.gaps.length
    const checkAt = nextCheck(known, state, (signals[0] as Signal).at)
    const lastMetadata = signals.findLast(({ metadata }) => metadata !== null)?.metadata ?? null
    return {
      ...state,
      serviceId: known.id,
      version: known.version,
      gapsForgotten: known.state.gaps.slice(0, forgotten),
      gapsLearned: gapsLearned.slice(-state.gaps.length),
      lastMetadata,
      checkAt,
    }
  }

  /**
   * A check may come too early but never too late, so while the one that is planned lies ahead it stays: moving it with
   * every heartbeat would rewrite an index each time. The watch moves it on when it finds the service in time.
   */
  function nextCheck(known: Known, state: ServiceState, at: number): StateWrite['checkAt'] {
    const changeAt = nextChangeAt(state, deps.config.rules, [])
    if (changeAt === null) return known.checkAt === null ? null : 'never'
    const isAhead = known.checkAt !== null && known.checkAt > at + CLOCK_SKEW_MS && known.checkAt <= changeAt + 1
    return isAhead ? null : changeAt + 1
  }

  function remember({ known, state }: Draft, { checkAt }: StateWrite): void {
    known.version += 1
    adopt(known.state, state)
    if (checkAt === null) return
    known.checkAt = checkAt === 'never' ? null : checkAt
    if (known.checkAt !== null) deps.wakeAt(known.checkAt)
  }
}

function isRefused(signal: Signal, known: Known): boolean {
  const refusal = refusalOf(signal.caller, known)
  if (refusal) signal.refusal = refusal
  return refusal !== null
}

const stateChange = ({ known, state }: Draft) => ({ serviceId: known.id, before: known.state, after: state })

/** Whether nothing but what was learned changes, and nothing but the time of each heartbeat is to be kept. */
function isPlain({ known, state, signals, changes }: Draft): boolean {
  if (changes.length > 0 || state.pausedAt !== null || known.state.pausedAt !== null) return false
  return signals.every(({ kind, details }) => kind === 'heartbeat' && details === null)
}

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
