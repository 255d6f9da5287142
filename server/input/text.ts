import { z } from 'zod'

/** A setting that is a text; `null` clears it. */
export const text = (what: string, limit: number) =>
  z
    .string()
    .trim()
    .min(1, { error: `${what} must not be empty; null clears it` })
    .max(limit, { error: `${what} must have at most ${limit} characters` })
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), {
      error: `${what} must not contain control characters`,
    })
    .nullable()
    .optional()
