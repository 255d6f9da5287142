import type { TestApp } from '../helpers/app.ts'
import type { Accepted, BotApi } from '../helpers/botApi.ts'
import { ZONE } from './services.ts'

/** A message of the bot as it looks now, or what a person wrote; `at` as the chat shows it. */
export type Bubble =
  | { from: 'bot'; at: string; message: Accepted; answers: Accepted | undefined }
  | { from: 'person'; at: string; text: string }

/** What is said in a chat, and when by the clock of the server: the stand-in for Telegram knows only the real time. */
export function createRecord({ app, botApi, chatId }: { app: TestApp; botApi: BotApi; chatId: string }) {
  const bubbles: Bubble[] = []
  const heard = new Set<Accepted>()
  const time = () =>
    new Date(app.clock.now()).toLocaleTimeString('en-GB', {
      timeZone: ZONE,
      hour: '2-digit',
      minute: '2-digit',
    })
  return {
    /** Notes what has come since it was last asked. */
    hear() {
      const messages = botApi.messages(chatId)
      for (const message of messages.filter((one) => !heard.has(one))) {
        heard.add(message)
        const answers = messages.find(({ messageId }) => messageId === message.replyTo)
        bubbles.push({ from: 'bot', at: time(), message, answers })
      }
    },
    write: (text: string) => void bubbles.push({ from: 'person', at: time(), text }),
    /** Messages are edited later; these are not. */
    asItIs: () => structuredClone(bubbles),
  }
}
