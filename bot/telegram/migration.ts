import type { Transformer } from 'grammy'
import type { AllowedChats } from '../allowedChats.ts'

/** Repeats a call whose group has become a supergroup, with the new number, and allows that chat from then on. */
export function followMigrations(allowedChats: AllowedChats): Transformer {
  return async (prev, method, payload, signal) => {
    const response = await prev(method, payload, signal)
    const to = response.ok ? undefined : response.parameters?.migrate_to_chat_id
    const from = 'chat_id' in payload ? Number(payload.chat_id) : Number.NaN
    // A chat that is not allowed does not become allowed by its migration.
    if (to === undefined || !allowedChats.has({ id: from })) return response
    allowedChats.add(to)
    return prev(method, { ...payload, chat_id: to }, signal)
  }
}
