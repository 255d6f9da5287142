import type { Transformer } from 'grammy'
import type { Guests } from './gate.ts'

/** What was to be said in a group that has just become a supergroup is said there. */
export function followMoves(guests: Guests): Transformer {
  return async (prev, method, payload, signal) => {
    const answer = await prev(method, payload, signal)
    const to = answer.ok ? undefined : answer.parameters?.migrate_to_chat_id
    if (to === undefined) return answer
    guests.add(to)
    return prev(method, { ...payload, chat_id: to }, signal)
  }
}
