import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { channelsOf } from '../../server/channels.ts'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import { startTestBot } from '../helpers/bot.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { createTestClock } from '../helpers/clock.ts'
import { chatPage } from './chat.ts'
import { BEGIN, ZONE } from './services.ts'
import { live } from './story.ts'

// `npm run pictures`: the page and the chat as the documents show them, after a night of a real server.
const { CHROMIUM = '/usr/bin/chromium' } = process.env
const OUT = 'docs/pictures'
const CHAT_ID = '7'
const WIDTH = 1_120
const MARGIN = 20
const LAST_SERVICE = 'Stillbeat Bot'

const stops: (() => Promise<unknown>)[] = []
const stopAfter = (stop: () => Promise<unknown>) => void stops.push(stop)
const folder = await mkdtemp(join(tmpdir(), 'stillbeat-pictures-'))
stopAfter(() => rm(folder, { recursive: true, force: true }))

try {
  const botApi = await startBotApi({ stopAfter })
  const env = {
    TIMEZONE: ZONE,
    DAILY_SUMMARY_TIME: 'off',
    TELEGRAM_BOT_TOKEN: botApi.token,
    TELEGRAM_CHAT_ID: CHAT_ID,
    TELEGRAM_API_ROOT: botApi.url,
  }
  const { app } = await startTestBot({
    env,
    beside: { env: { DATA_DIR: join(folder, 'data') }, drop: async () => {} },
    channels: channelsOf(readConfig(env), createLog('silent')),
    clock: createTestClock(BEGIN),
    chatIds: [CHAT_ID],
    botApi,
    stopAfter,
  })
  const bubbles = await live({ app, botApi, chatId: CHAT_ID })

  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  stopAfter(() => browser.close())
  await mkdir(OUT, { recursive: true })
  const look = { locale: 'en-GB', timezoneId: ZONE, colorScheme: 'light' } as const

  // High enough for all rows: those out of sight are not drawn.
  const page = await browser.newPage({ ...look, viewport: { width: WIDTH, height: 1_500 } })
  await page.goto(`${app.url}/`)
  await page.locator('.light-live').waitFor()
  await page.getByRole('link', { name: LAST_SERVICE }).waitFor()
  const last = await page.getByRole('row').last().boundingBox()
  const height = Math.ceil((last?.y ?? 0) + (last?.height ?? 0)) + MARGIN
  await page.screenshot({ path: join(OUT, 'page.png'), clip: { x: 0, y: 0, width: WIDTH, height } })

  const chat = await browser.newPage({ ...look, viewport: { width: 520, height: 300 }, deviceScaleFactor: 1.5 })
  await chat.setContent(chatPage('24 November', bubbles))
  await chat.locator('main').screenshot({ path: join(OUT, 'chat.png') })
} finally {
  for (const stop of stops.reverse()) await stop()
}
