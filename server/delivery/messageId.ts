import { z } from 'zod'
import { named } from '../input/sentence.ts'

/** What a message is called outside. Numbers begin anew with a new database; times do not. */
export const messageId = ({ created_at, id }: { created_at: number; id: number }) => `${created_at}-${id}`

export const alertId = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/, { error: named('must be the id of an alert, such as 1795485746181-2') })

export function readMessageId(text: string): { createdAt: number; id: number } {
  const [createdAt, id] = text.split('-').map(Number) as [number, number]
  return { createdAt, id }
}
