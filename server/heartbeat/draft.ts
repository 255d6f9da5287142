import type { StateWrite } from '../../db/states.ts'
import type { Rules } from '../lifecycle/limit.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { afterSignal } from '../lifecycle/signal.ts'
import { nextChangeAt, type ServiceState } from '../lifecycle/transition.ts'
import type { ServiceChange } from '../watch/serviceChange.ts'
import type { Known } from './known.ts'
import { noteOf } from './note.ts'
import { type Refused, refusalOf } from './permission.ts'
import type { Signal } from './signal.ts'

/** A draft is what a batch does to one service, decided but not written yet. */
export interface Draft {
  known: Known
  state: ServiceState
  signals: Signal[]
  gapsLearned: number[]
  changes: ServiceChange[]
}

/** Servers' clocks may differ by this much without a check coming too late. */
const CLOCK_SKEW_MS = 1_000

/**
 * Decides what signals do to their services.
 *
 * @returns one draft for each service; in `refused`, the signals that their callers may not send; and in `left`, those
 *   whose services are not cached
 */
export function draft(
  signals: readonly Signal[],
  knownOf: (key: string) => Known | undefined,
  { rules, outages }: { rules: Rules; outages: readonly Outage[] },
): { drafts: Draft[]; refused: Refused[]; left: Signal[] } {
  const drafts = new Map<number, Draft>()
  const refused: Refused[] = []
  const left: Signal[] = []
  for (const signal of signals) {
    const known = knownOf(signal.key)
    if (!known) {
      left.push(signal)
      continue
    }
    const refusal = refusalOf(signal.caller, known, signal.key)
    if (refusal) {
      refused.push({ signal, refusal })
      continue
    }
    let current = drafts.get(known.id)
    if (!current) {
      current = { known, state: known.state, signals: [], gapsLearned: [], changes: [] }
      drafts.set(known.id, current)
    }
    const { state, changes } = afterSignal(current.state, signal, rules, outages)
    if (state.gaps !== current.state.gaps) current.gapsLearned.push(state.gaps.at(-1) as number)
    current.state = state
    current.signals.push(signal)
    for (const change of changes) {
      current.changes.push({ ...change, serviceId: known.id, note: change.reason === 'fail' ? noteOf(signal) : null })
    }
  }
  return { drafts: [...drafts.values()], refused, left }
}

/** Whether a draft is plain: it changes only what is learned, and its heartbeats carry nothing but their time. */
export function isPlain({ known, state, signals, changes }: Draft): boolean {
  if (changes.length > 0 || state.pausedAt !== null || known.state.pausedAt !== null) return false
  const isSame = (name: 'pausedMs' | 'gapsLost' | 'failsInRow' | 'runs') => state[name] === known.state[name]
  if (!(isSame('pausedMs') && isSame('gapsLost') && isSame('failsInRow') && isSame('runs'))) return false
  return signals.every(({ kind, details }) => kind === 'heartbeat' && details === null)
}

/** The state to write for a draft. The write counts only if the service still has the version that is cached. */
export function stateWrite({ known, state, signals, gapsLearned }: Draft, rules: Rules): StateWrite {
  // Only the newest gaps are kept, so as many of the oldest go as the new ones push out.
  const forgotten = known.state.gaps.length + gapsLearned.length - state.gaps.length
  const checkAt = nextCheck({ known, state }, (signals[0] as Signal).at, rules)
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
 * Plans the next check, just after the service's deadline; `null` keeps the planned one. A check may come too early but
 * never too late, so one that lies ahead is kept: moving it with every heartbeat would rewrite an index each time. The
 * watch moves it once it finds that the service was heard in time.
 */
function nextCheck({ known, state }: Pick<Draft, 'known' | 'state'>, at: number, rules: Rules): StateWrite['checkAt'] {
  const changeAt = nextChangeAt(state, rules, [])
  if (changeAt === null) return known.checkAt === null ? null : 'never'
  const isAhead = known.checkAt !== null && known.checkAt > at + CLOCK_SKEW_MS && known.checkAt <= changeAt + 1
  return isAhead ? null : changeAt + 1
}
