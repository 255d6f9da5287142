import { z } from 'zod'
import { named } from '../input/sentence.ts'

/** The id of a message outside. Row numbers begin again with a new database, so the time makes it unique. */
export const messageId = ({ created_at, id }: { created_at: number; id: number }) => `${created_at}-${id}`

export const alertId = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/, { error: named('must be the id of an alert, such as 1795485746181-2') })

export function readMessageId(text: string): { createdAt: number; id: number } {
  const [createdAt, id] = text.split('-').map(Number) as [number, number]
  return { createdAt, id }
}
