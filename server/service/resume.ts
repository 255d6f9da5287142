import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { afterResume } from '../lifecycle/pause.ts'
import { changeService } from './change.ts'

export const resumeInput = z.strictObject({ serviceKey })

/** Resumes a service: it is judged again, and its silence counts from now. Does nothing if it is not paused. */
export async function resumeService(deps: Deps, input: z.output<typeof resumeInput>): Promise<void> {
  await changeService(deps, input.serviceKey, afterResume)
}
