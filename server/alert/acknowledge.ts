import { z } from 'zod'
import { acknowledgeIncidents } from '../../db/incidents.ts'
import { alertId } from '../delivery/messageId.ts'
import type { Deps } from '../deps.ts'
import { acknowledger } from '../input/person.ts'
import { actOnAlert } from './act.ts'
import type { AlertView } from './view.ts'

export const acknowledgeAlertInput = z.strictObject({ alertId, by: acknowledger })

/** Acknowledges the open incidents of an alert. They get no more reminders. */
export async function acknowledgeAlert(
  deps: Deps,
  { alertId, by }: z.output<typeof acknowledgeAlertInput>,
): Promise<AlertView> {
  return actOnAlert(deps, alertId, (trx, open, at) =>
    acknowledgeIncidents(
      trx,
      open.map(({ id }) => id),
      { at, by },
    ),
  )
}
