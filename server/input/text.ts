import { z } from 'zod'

const CONTROL = /\p{Cc}/u

/** Whether a text has control characters, which would break messages and log lines. */
export const hasControls = (text: string): boolean => CONTROL.test(text)

export const isOneLine = (text: string): boolean => text.isWellFormed() && !hasControls(text)

/** Whether PostgreSQL takes a text as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** A text that is cut to a number of characters rather than refused. What PostgreSQL cannot store is replaced. */
export const cutText = (limit: number) =>
  z.string().transform((text) => text.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, limit).toWellFormed())

/** A setting that is a text of one line; `null` clears it. */
export const text = (what: string, limit: number) =>
  z
    .string()
    .trim()
    .min(1, { error: `${what} must not be empty; null clears it` })
    .max(limit, { error: `${what} must have at most ${limit} characters` })
    .refine(isOneLine, { error: `${what} must not contain control characters` })
    .nullable()
    .optional()
