import { z } from 'zod'
import { deleteService } from '../../db/services.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../heartbeat/key.ts'
import { theService } from '../status/list.ts'

export const removeInput = z.object({ serviceKey })

/** Forgets a service and its history. If it still beats, its next heartbeat registers it anew. */
export async function removeService(deps: Deps, input: z.output<typeof removeInput>): Promise<void> {
  const { id } = await theService(deps, input.serviceKey)
  await deleteService(deps.db, id)
}
