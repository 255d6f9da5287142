import { GrammyError } from 'grammy'
import type { Delivery, Notifier, Outgoing } from '../../server/delivery/notifier.ts'
import { cut } from '../../server/text/words.ts'
import { createApi } from '../telegram/api.ts'
import { checkSettings } from '../telegram/check.ts'
import { MESSAGE_LENGTH } from '../telegram/limits.ts'
import { deliveryOf, redact } from '../telegram/outcome.ts'
import { throttle } from '../telegram/throttle.ts'
import { alertButtons } from './buttons.ts'

/** Edits have a throttle of their own, so that an alert waits behind one edit at most. */
const EDITS_IN_A_GROUP = { maxConcurrent: 1, minTime: 3_000 }

/** Sends messages to Telegram chats. An address is the number of a chat, or the `@name` of a channel. */
export function createTelegramNotifier(options: {
  token: string
  apiRoot?: string | undefined
  /** Limits one request, without the time that it waits in the throttle. */
  timeoutMs?: number
  /** Limits the time that a message waits in the throttle. */
  longestWaitMs?: number
}): Notifier {
  const { token, apiRoot, timeoutMs = 20_000, longestWaitMs } = options
  const telegram = { token, apiRoot, timeoutSeconds: timeoutMs / 1000 }
  const api = createApi(telegram)
  const retries = { maxDelaySeconds: 5, maxRetryAttempts: 1 }
  api.config.use(...throttle({ longestWaitMs, ...retries }))
  const editing = createApi(telegram)
  editing.config.use(...throttle({ longestWaitMs, group: EDITS_IN_A_GROUP, ...retries }))

  async function attempt(call: () => Promise<Delivery>): Promise<Delivery> {
    try {
      return await call()
    } catch (error) {
      const delivery = deliveryOf(error)
      return 'reason' in delivery ? { ...delivery, reason: redact(delivery.reason, token) } : delivery
    }
  }

  return {
    longestMessage: MESSAGE_LENGTH,
    async send(address, message) {
      const { text, ...other } = compose(message)
      const replies = message.replyTo === undefined ? {} : { reply_parameters: replyTo(message.replyTo) }
      return attempt(async () => {
        const { message_id } = await api.sendMessage(address, text, { ...other, ...replies })
        return { outcome: 'sent', reference: String(message_id) }
      })
    },
    async edit(address, reference, message) {
      const { text, ...other } = compose(message)
      return attempt(async () => {
        await editing.editMessageText(address, Number(reference), text, other).catch(unlessModified)
        return { outcome: 'sent' }
      })
    },
    async check(addresses) {
      // A throttled check would make the first alert wait.
      const sentences = await checkSettings(createApi(telegram), addresses)
      return [...new Set(sentences)].map((sentence) => redact(sentence, token))
    },
  }
}

const replyTo = (reference: string) => ({ message_id: Number(reference), allow_sending_without_reply: true })

function unlessModified(error: unknown): void {
  if (!(error instanceof GrammyError && error.description.includes('message is not modified'))) throw error
}

/**
 * The title is bold by an entity, not by markup: no character of a name can then have a meaning or break the message.
 */
function compose(message: Outgoing) {
  const { title, body, repeated } = message
  const end = repeated ? '\nrepeated: an earlier attempt may have arrived' : ''
  const whole = (body === '' ? title : `${title}\n${body}`).toWellFormed()
  const start = cut(whole, MESSAGE_LENGTH - end.length)
  const length = Math.min(title.length, start.length)
  const inline_keyboard = alertButtons(message)
  return {
    text: start + end,
    entities: length > 0 ? [{ type: 'bold' as const, offset: 0, length }] : [],
    link_preview_options: { is_disabled: true },
    ...(inline_keyboard.length > 0 ? { reply_markup: { inline_keyboard } } : {}),
  }
}
