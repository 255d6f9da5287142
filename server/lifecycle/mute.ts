import { z } from 'zod'
import type { ServiceSettings } from '../../db/services.ts'
import { text } from '../input/text.ts'

export const mutedUntil = z
  .string()
  .refine((value) => value === 'recovered' || z.iso.datetime({ offset: true }).safeParse(value).success, {
    error: 'mutedUntil must be a time such as 2026-11-24T08:00:00+01:00, or "recovered"',
  })
  .nullable()

/** Who says so, for the others to see. */
export const mutedBy = text('mutedBy', 100)

interface MuteInput {
  alertsEnabled?: boolean | null | undefined
  mutedUntil?: string | null | undefined
  mutedBy?: string | null | undefined
}

/** What is stored of a mute; who said so belongs to the newest one. */
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
