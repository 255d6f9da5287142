import type { ServiceRow } from '../../db/serviceRows.ts'
import type { ServiceSettings } from '../../db/services.ts'

/** Whether and until when a service's alerts are held back; times in epoch milliseconds. */
export interface Mute {
  /** `false`: muted until somebody unmutes it. */
  alertsEnabled: boolean
  mutedUntil: number | null
  mutedUntilRecovered: boolean
}

type MuteColumns = Pick<ServiceRow, 'alerts_enabled' | 'muted_until' | 'muted_until_recovered'>

export const muteOf = (row: MuteColumns): Mute => ({
  alertsEnabled: row.alerts_enabled,
  mutedUntil: row.muted_until,
  mutedUntilRecovered: row.muted_until_recovered,
})

/** When a mute ends, in epoch milliseconds. `Infinity`: no clock ends it. `null`: there is no mute now. */
export function heldUntil({ alertsEnabled, mutedUntil, mutedUntilRecovered }: Mute, now: number): number | null {
  if (!alertsEnabled || mutedUntilRecovered) return Number.POSITIVE_INFINITY
  return mutedUntil !== null && mutedUntil > now ? mutedUntil : null
}

interface MuteInput {
  alertsEnabled?: boolean | null | undefined
  /** ISO 8601, or `recovered`; `null` ends the mute, and `undefined` leaves it. */
  mutedUntil?: string | null | undefined
  mutedBy?: string | null | undefined
}

/** The columns that a change of a mute writes. `muted_by` names who made the newest change, if that is known. */
export function muteColumns({ alertsEnabled, mutedUntil, mutedBy }: MuteInput): ServiceSettings {
  const isChanged = alertsEnabled !== undefined || mutedUntil !== undefined
  return {
    alerts_enabled: alertsEnabled === null ? true : alertsEnabled,
    ...untilColumns(mutedUntil),
    muted_by: isChanged ? (mutedBy ?? null) : mutedBy,
  }
}

function untilColumns(mutedUntil: string | null | undefined): ServiceSettings {
  if (mutedUntil === undefined) return {}
  const isUntilRecovered = mutedUntil === 'recovered'
  return {
    muted_until_recovered: isUntilRecovered,
    muted_until: mutedUntil === null || isUntilRecovered ? null : Date.parse(mutedUntil),
  }
}
