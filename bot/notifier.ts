import type { Notifier, Outgoing } from '../server/alert/notifier.ts'
import { troubles } from './check.ts'
import { deliveryOf, tidy } from './outcome.ts'
import { createApi, createPacedCalls } from './paced.ts'

/** Writes to Telegram chats; an address is a chat's number, or the `@name` of a channel. */
export function createTelegramNotifier(options: {
  token: string
  apiRoot?: string | undefined
  /** For one request, not for its turn. */
  timeoutMs?: number
  longestTurnMs?: number
}): Notifier {
  const { token, apiRoot, timeoutMs = 20_000, longestTurnMs } = options
  const client = { apiRoot, timeoutSeconds: timeoutMs / 1000 }
  const paced = createPacedCalls(token, client, longestTurnMs)

  return {
    async send(address, message) {
      const { text, entities } = compose(message)
      const other = { entities, link_preview_options: { is_disabled: true } }
      try {
        // grammY's type of a signal is not Node's, which works all the same.
        await paced((api, signal) => api.sendMessage(address, text, other, signal as never))
        return { outcome: 'sent' }
      } catch (error) {
        const delivery = deliveryOf(error)
        return 'reason' in delivery ? { ...delivery, reason: tidy(delivery.reason, token) } : delivery
      }
    },
    async check(addresses) {
      // Not paced: asking for a chat would take the turn of the first alert.
      const sentences = await troubles(createApi(token, client), addresses)
      return [...new Set(sentences)].map((sentence) => tidy(sentence, token))
    },
  }
}

const MESSAGE_LIMIT = 4096

/** Bold by entity and not by markup: so nothing in a name has a meaning, or makes Telegram refuse the message. */
function compose({ title, body, repeated }: Outgoing) {
  const end = repeated ? '\nrepeated: an earlier attempt may have arrived' : ''
  const whole = (body === '' ? title : `${title}\n${body}`).toWellFormed()
  const start = whole.length + end.length <= MESSAGE_LIMIT ? whole : cut(whole, MESSAGE_LIMIT - end.length)
  const length = Math.min(title.length, start.length)
  return { text: start + end, entities: length > 0 ? [{ type: 'bold' as const, offset: 0, length }] : [] }
}

/** So many UTF-16 units, which is what Telegram counts, or one less: never half of a surrogate pair. */
const cut = (text: string, limit: number) => `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
