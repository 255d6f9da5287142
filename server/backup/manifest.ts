import { z } from 'zod'

/** The name of the last entry of an archive. An archive without it is incomplete. */
export const MANIFEST = 'stillbeat.json'

/** What an archive says about itself. */
export const manifest = z.object({
  /** The version of the Stillbeat that made it. */
  version: z.string(),
  /** When it was begun. */
  takenAt: z.iso.datetime(),
  /** How many entries come before this one. */
  entries: z.int().positive(),
})

export type Manifest = z.infer<typeof manifest>
