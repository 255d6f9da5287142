import { z } from 'zod'

/** Of the last event that was received: a number, as text; anything else comes from no event of ours. */
export const lastEventId = z
  .string()
  .max(100)
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : null))
  .nullish()
