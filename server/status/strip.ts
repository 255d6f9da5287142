import { z } from 'zod'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { limitOf } from '../lifecycle/limit.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence } from '../lifecycle/transition.ts'
import { inSeconds } from '../text/time.ts'
import type { ViewContext } from './view.ts'

const LONGEST_STRIP = 30

/** The data of a sparkline: the newest gaps between the heartbeats of a service, and the limit that a gap may have. */
export const strip = z.object({
  serviceKey: z.string(),
  /** Newest first, at most 30. */
  gapsSeconds: z.array(z.number()),
  /** Longer gaps are shown as too long. It is the limit of now, also for old gaps. */
  limitSeconds: z.number().nullable(),
})

export type Strip = z.infer<typeof strip>

export function stripOf(row: ServiceRow & { gaps: number[] }, context: Omit<ViewContext, 'iso'>): Strip {
  const { now, rules, timezone, outages } = context
  const { state } = afterSilence(stateOf(row, timezone), now, rules, outages)
  const limitMs = limitOf(state, rules)
  return {
    serviceKey: row.key,
    gapsSeconds: row.gaps
      .slice(-LONGEST_STRIP)
      .reverse()
      .map((gap) => gap / 1000),
    limitSeconds: inSeconds(limitMs),
  }
}
