import { z } from 'zod'
import { updateSettings } from '../../db/services.ts'
import { alertId } from '../delivery/messageId.ts'
import type { Deps } from '../deps.ts'
import { mutedUntil } from '../input/mutedUntil.ts'
import { text } from '../input/text.ts'
import { muteColumns } from '../lifecycle/mute.ts'
import { actOnAlert } from './act.ts'
import type { AlertView } from './view.ts'

export const muteAlertInput = z.strictObject({ alertId, mutedUntil, by: text('by', 100) })

/** Mutes the services whose incidents of this alert are still open, or lifts their mutes. */
export async function muteAlert(
  deps: Deps,
  { alertId, mutedUntil, by }: z.output<typeof muteAlertInput>,
): Promise<AlertView> {
  return actOnAlert(deps, alertId, (trx, open) =>
    updateSettings(
      trx,
      open.map(({ service_id }) => service_id),
      muteColumns({ mutedUntil, mutedBy: by, ...(mutedUntil === null ? { alertsEnabled: true } : {}) }),
    ),
  )
}
