import { z } from 'zod'
import type { Status } from '../../db/schema.ts'
import { listTransitions, type TransitionRow } from '../../db/transitions.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { theService } from './list.ts'
import { displayName } from './names.ts'
import { statusName } from './view.ts'

export const since = z.iso
  .datetime({ offset: true, error: 'since must be a time such as 2026-11-23T08:00:00+01:00' })
  .transform((text) => Date.parse(text))
  .optional()
export const limit = z.int().min(1).max(1_000).default(100)

export const historyInput = z.strictObject({
  serviceKey: serviceKey.optional(),
  group: z.string().optional(),
  /** Selects the transitions to one of these. */
  status: z.array(statusName).min(1).optional(),
  since,
  limit,
})

export interface Transition {
  id: number
  serviceKey: string
  displayName: string
  from: Status
  to: Status
  reason: string
  at: string
  /** How many changes just before it are not listed, since there were too many in that hour. */
  condensed: number
}

/** Lists transitions, the newest first. */
export async function listHistory(
  deps: Ground,
  input: z.output<typeof historyInput>,
): Promise<{ transitions: Transition[] }> {
  const { serviceKey: key, group, status: statuses } = input
  const serviceId = key === undefined ? undefined : (await theService(deps, key)).id
  const rows = await listTransitions(deps.db, { serviceId, group, statuses, since: input.since, limit: input.limit })
  return { transitions: rows.map((row) => viewTransition(row, deps.iso)) }
}

export function viewTransition(row: TransitionRow, iso: Ground['iso']): Transition {
  return {
    id: row.id,
    serviceKey: row.key,
    displayName: displayName(row),
    from: row.from_status,
    to: row.to_status,
    reason: row.reason,
    at: iso(row.at),
    condensed: row.condensed,
  }
}
