import type { Accepted, BotApi } from './botApi.ts'

/** A simulated person in a chat, who writes to the bot and presses its buttons. */
export interface Person {
  chatId: string
  /** Writes to the bot. @returns the id of the message */
  write(text: string, more?: { [field: string]: unknown }): number
  /** Writes, and waits for the bot's next message to this chat. */
  ask(text: string, more?: { [field: string]: unknown }): Promise<Accepted>
  /** Presses a button by its label, or the beginning of it. */
  press(message: Accepted, label: string): Promise<Answered>
}

/** The bot's answer to a press: a notification above the chat, or an alert. */
export interface Answered {
  text: string
  isAlert: boolean
}

interface Who {
  chatId: number | string
  firstName?: string
  userId?: number
  threadId?: number
}

/** The ids that Telegram gives to what people write. */
let lastMessageId = 1_000_000
let lastCallbackId = 0

export function person(botApi: BotApi, { chatId, firstName = 'Ada', userId = 501, threadId }: Who): Person {
  const from = { id: userId, is_bot: false, first_name: firstName }
  const isPrivate = Number(chatId) > 0
  const chat = isPrivate
    ? { id: Number(chatId), type: 'private', first_name: firstName }
    : { id: Number(chatId), type: 'supergroup', title: 'Operations' }
  const topic = threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true }

  const write: Person['write'] = (text, more = {}) => {
    const { kind = 'message', ...fields } = more
    const [command] = /^\/\w+(@\w+)?/.exec(text) ?? []
    const entities = command ? [{ type: 'bot_command', offset: 0, length: command.length }] : []
    const message_id = ++lastMessageId
    const date = Math.floor(Date.now() / 1000)
    botApi.say({ [String(kind)]: { message_id, from, chat, date, text, entities, ...topic, ...fields } })
    return message_id
  }

  return {
    chatId: String(chatId),
    write,
    async ask(text, more) {
      const next = botApi.nextMessage((message) => message.chatId === String(chatId))
      write(text, more)
      return next
    },
    async press(message, label) {
      const button = message.buttons.flat().find(({ text }) => text.startsWith(label))
      if (!button)
        throw new Error(`there is no button "${label}" but ${message.buttons.flat().map(({ text }) => text)}`)
      const id = `press-${++lastCallbackId}`
      const answered = botApi.nextAnswer(id)
      botApi.say({
        callback_query: { id, from, message: botApi.shown(message), chat_instance: '1', data: button.callback_data },
      })
      return answered
    },
  }
}
