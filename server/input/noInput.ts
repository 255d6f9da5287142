import { z } from 'zod'

/** The input of what takes none. A field in it is a mistake that the caller should hear of. */
export const noInput = z.strictObject({}).optional()
