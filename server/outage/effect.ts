import { deadlineOf, type Rules } from '../lifecycle/limit.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { afterSilence, type ServiceState } from '../lifecycle/transition.ts'

/**
 * Says what an outage of the monitor did to a service: `rearmed` if it was alive and gets more time, `late` if it was
 * down before. It is `null` for a service that is not waited for now or was not then. Ask soon after the outage.
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
  // It has been heard since, so its earlier deadline is unknown. Any expectation counts as re-armed.
  if (state.silenceSince >= outage.toMs) return state.cadenceMs !== null || state.schedule !== null ? 'rearmed' : null
  const deadline = deadlineOf(state, rules, outages)
  const others = outages.filter(({ fromMs, toMs }) => fromMs > outage.toMs || toMs < outage.fromMs)
  return deadline !== deadlineOf(state, rules, others) ? 'rearmed' : null
}
