import { z } from 'zod'

const CONTROL = /\p{Cc}/u

/** Whether a text has control characters, which would break messages and log lines. */
export const hasControls = (text: string): boolean => CONTROL.test(text)

export const isOneLine = (text: string): boolean => text.isWellFormed() && !hasControls(text)

/** Whether PostgreSQL takes a text as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/**
 * A text that is cut to a number of characters rather than refused. They are counted as JSON writes them: a control
 * character as 6, a line break as 2. What PostgreSQL cannot store is replaced.
 *
 * @param keep which part of it stays
 */
export const cutText = (limit: number, keep: 'start' | 'end' = 'start') =>
  z.string().transform((text) => {
    // No character counts as less than 1.
    const near = keep === 'start' ? text.slice(0, limit) : text.slice(-limit)
    return cutAsJson(near.toWellFormed().replaceAll('\0', '\uFFFD'), limit, keep).toWellFormed()
  })

function cutAsJson(text: string, limit: number, keep: 'start' | 'end'): string {
  let left = limit
  let kept = 0
  for (; kept < text.length; kept++) {
    left -= lengthInJson(text.charCodeAt(keep === 'start' ? kept : text.length - 1 - kept))
    if (left < 0) break
  }
  return keep === 'start' ? text.slice(0, kept) : text.slice(text.length - kept)
}

/** How many characters JSON makes of one UTF-16 unit of a text that is well formed. */
function lengthInJson(unit: number): number {
  if (unit === 0x22 || unit === 0x5c) return 2
  if (unit >= 0x20) return 1
  return unit >= 0x08 && unit <= 0x0d && unit !== 0x0b ? 2 : 6
}

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
