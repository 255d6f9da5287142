import type { Transformer } from 'grammy'
import type { AllowedChats } from '../allowedChats.ts'

/** What was to be said in a guest's group that has just become a supergroup is said there. */
export function followMigrations(allowedChats: AllowedChats): Transformer {
  return async (prev, method, payload, signal) => {
    const response = await prev(method, payload, signal)
    const to = response.ok ? undefined : response.parameters?.migrate_to_chat_id
    const from = 'chat_id' in payload ? Number(payload.chat_id) : Number.NaN
    // A stranger's group may become what it likes: it stays a stranger's.
    if (to === undefined || !allowedChats.has({ id: from })) return response
    allowedChats.add(to)
    return prev(method, { ...payload, chat_id: to }, signal)
  }
}
