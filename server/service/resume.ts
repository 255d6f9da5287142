import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { afterResume } from '../lifecycle/transition.ts'
import { changeService } from './change.ts'

export const resumeInput = z.object({ serviceKey })

/** Judges the service again; its silence starts afresh. Resuming what is not paused changes nothing. */
export async function resumeService(deps: Deps, input: z.output<typeof resumeInput>): Promise<void> {
  await changeService(deps, input.serviceKey, afterResume)
}
