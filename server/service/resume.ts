import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../heartbeat/key.ts'
import { changeService, currentState } from './change.ts'

export const resumeInput = z.object({ serviceKey })

/** Judges the service again; its silence starts afresh. Resuming what is not paused changes nothing. */
export async function resumeService(deps: Deps, input: z.output<typeof resumeInput>): Promise<void> {
  await changeService(deps, input.serviceKey, (_trx, row, now) => {
    const state = currentState(deps, row)
    if (state.pausedAt === null) return { state, changes: [] }
    const silenceSince = Math.max(now, state.silenceSince)
    return {
      state: { ...state, pausedAt: null, pauseUntilHeartbeat: false, resumedAt: now, silenceSince },
      changes: [],
    }
  })
}
