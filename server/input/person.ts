import { cutText, text } from './text.ts'

/** The name of whoever has seen an incident, for the others to see; `null` if none was given. */
export const acknowledger = cutText(100)
  .optional()
  .transform((name) => name?.trim() || null)

/** The name of whoever muted a service, for the others to see. */
export const mutedBy = text('mutedBy', 100)
