import { cutText, text } from './text.ts'

/** The name of the person who has seen an incident; `null` if none was given. Others see it. */
export const acknowledger = cutText(100)
  .optional()
  .transform((name) => name?.trim() || null)

/** The name of the person who muted a service. Others see it. */
export const mutedBy = text('mutedBy', 100)
