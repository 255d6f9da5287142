import { cutText, text } from './text.ts'

/** The name of the person who has seen an incident; `null` if none was given. */
export const acknowledger = cutText(100)
  .optional()
  .transform((name) => name?.trim() || null)

export const mutedBy = text('mutedBy', 100)
