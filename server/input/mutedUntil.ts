import { z } from 'zod'

/** The end of a mute: a time in ISO 8601, or `recovered`; `null` ends it now. */
export const mutedUntil = z
  .string()
  .refine((value) => value === 'recovered' || z.iso.datetime({ offset: true }).safeParse(value).success, {
    error: 'mutedUntil must be a time such as 2026-11-24T08:00:00+01:00, or "recovered"',
  })
  .nullable()
