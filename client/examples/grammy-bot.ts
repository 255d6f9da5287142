/**
 * A Telegram bot that sends heartbeats while it polls for messages. A bot whose polling fails for good goes quiet.
 * Start: export TELEGRAM_BOT_TOKEN=… SERVICE_REGISTRY_URL=http://127.0.0.1:8765
 *        npx node client/examples/grammy-bot.ts; Ctrl-C ends it.
 */
import { runWithHeartbeat } from '@stillbeat/client'
import { Bot } from 'grammy'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)
const apiRoot = process.env.TELEGRAM_API_ROOT || 'https://api.telegram.org'

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN ?? '', { client: { apiRoot } })
bot.on('message:text', (ctx) => ctx.reply(`You said: ${ctx.message.text}`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void bot.stop())

const poll = () => bot.start({ onStart: ({ username }) => console.log(`bot: @${username} polls`) })
await runWithHeartbeat(poll, 'example-telegram-bot', { periodSeconds })
console.log('bot: stopped')
