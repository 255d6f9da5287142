import { z } from 'zod'

/** The last entry of an archive: without it the archive is not whole. */
export const MANIFEST = 'stillbeat.json'

/** What an archive says of itself. */
export const manifest = z.object({
  /** Of the Stillbeat that made it. */
  version: z.string(),
  /** When it was begun. */
  takenAt: z.iso.datetime(),
  /** How many entries are before this one. */
  entries: z.int().positive(),
})

export type Manifest = z.infer<typeof manifest>
