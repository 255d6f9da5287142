import type { Trx } from '../../db/schema.ts'
import { insertTransitions } from '../../db/transitions.ts'
import { recordIncidents } from '../alert/incidents.ts'
import type { Deps } from '../deps.ts'
import { runLimitWords } from '../text/runs.ts'
import type { ServiceChange } from './serviceChange.ts'

/**
 * Stores changes of status with their incidents and alerts, in the transaction that changes the status. Nothing else
 * stores them, so all of it commits together or not at all.
 */
export async function storeTransitions(
  { clock, config, jobs }: Pick<Deps, 'clock' | 'config' | 'jobs'>,
  trx: Trx,
  changes: readonly ServiceChange[],
): Promise<void> {
  if (changes.length === 0) return
  await insertTransitions(
    trx,
    changes.filter(({ isCause }) => !isCause),
  )
  const noted = changes.map((change) => ({ ...change, note: noteOf(change) }))
  // Last, since it may wait for another transaction that does the same.
  if (await recordIncidents(trx, noted, { now: clock.now(), minIncidentMs: config.minIncidentMs }))
    await jobs.announce.after(trx)
}

const noteOf = ({ note, run }: ServiceChange): string | null => note ?? ((run && runLimitWords(run)) || null)
