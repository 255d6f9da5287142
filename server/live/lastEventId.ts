import { z } from 'zod'

/** The id of the last event that a client received, a number. Other text came from no event, and becomes `null`. */
export const lastEventId = z
  .string()
  .max(100)
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : null))
  .nullish()
