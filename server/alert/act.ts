import { requestEdits } from '../../db/edits.ts'
import { lockIncidents } from '../../db/incidents.ts'
import type { Trx } from '../../db/schema.ts'
import { lockStates } from '../../db/services.ts'
import { type ToldIncident, toldIncidents } from '../../db/told.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { inTransaction } from '../inTransaction.ts'
import { type AlertView, findAlert, viewAlert } from './view.ts'

/**
 * Acts on the incidents of an alert that are still open, in one transaction. Later incidents are left alone.
 *
 * @returns the alert with what has become of its services by then
 */
export async function actOnAlert(
  deps: Deps,
  id: string,
  act: (trx: Trx, open: readonly ToldIncident[], now: number) => Promise<void>,
): Promise<AlertView> {
  return inTransaction(deps, async (deps, trx) => {
    const { message, incidents } = await findAlert(trx, id)
    const serviceIds = incidents.map(({ service_id }) => service_id)
    await lockStates(trx, serviceIds)
    const open = (await toldIncidents(trx, message)).filter(({ closed_at }) => closed_at === null)
    if (open.length === 0)
      throw new CallerError('alert_over', 'all that this alert told of is over: nothing was changed')
    const openIds = open.map((incident) => incident.id)
    await lockIncidents(trx, openIds)
    const now = deps.clock.now()
    await act(trx, open, now)
    const view = await viewAlert(deps, trx, await findAlert(trx, id))
    if (await requestEdits(trx, openIds, now)) await deps.jobs.announce.after(trx)
    return view
  })
}
