import { deadlineOf, type Rules } from '../lifecycle/limit.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { afterSilence, type ServiceState } from '../lifecycle/transition.ts'

/**
 * What an outage of the monitor means for a service, asked soon after its end: it was alive and gets more time, or it
 * was late before. `null` if it is not waited for, or was not then.
 */
export function effectOf(
  service: ServiceState,
  outage: Outage,
  { now, rules, outages }: { now: number; rules: Rules; outages: readonly Outage[] },
): 'rearmed' | 'late' | null {
  const { state } = afterSilence(service, now, rules, outages)
  if (state.pausedAt !== null) return null
  if (state.status === 'down') return state.statusSince <= outage.fromMs ? 'late' : null
  if (state.status !== 'alive' || state.statusSince > outage.fromMs) return null
  // It has been heard since: whatever it was due for then, the outage has not counted.
  if (state.silenceSince >= outage.toMs) return state.cadenceMs !== null || state.schedule !== null ? 'rearmed' : null
  const deadline = deadlineOf(state, rules, outages)
  const others = outages.filter(({ fromMs, toMs }) => fromMs > outage.toMs || toMs < outage.fromMs)
  return deadline !== deadlineOf(state, rules, others) ? 'rearmed' : null
}
