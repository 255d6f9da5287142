import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { afterPause } from '../lifecycle/pause.ts'
import { changeService } from './change.ts'

export const pauseInput = z.strictObject({ serviceKey, untilHeartbeat: z.boolean().default(false) })

/** Pauses a service: it is not judged until it is resumed or, with `untilHeartbeat`, until its next heartbeat. */
export async function pauseService(deps: Deps, input: z.output<typeof pauseInput>): Promise<void> {
  await changeService(deps, input.serviceKey, (state, now) => afterPause(state, now, input.untilHeartbeat))
}
