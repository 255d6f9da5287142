import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '../client/index.ts'
import { openDatabase } from '../db/open.ts'
import { startApp } from './app.ts'
import { channelsOf, checkChannels } from './channels.ts'
import { systemClock } from './clock.ts'
import { ConfigError, readConfig } from './config.ts'
import type { Channel } from './delivery/channel.ts'
import type { Outgoing } from './delivery/notifier.ts'
import { createLog } from './log.ts'

const BEAT_EVERY_MS = 1_000
const LONGEST_WAIT_MS = 20_000

const settings = {
  PORT: '0',
  MIN_SILENCE_SECONDS: '0',
  ALERT_GROUP_SECONDS: '2',
  DAILY_SUMMARY_TIME: 'off',
  LOG_LEVEL: 'warn',
}

if (existsSync('.env')) process.loadEnvFile()
const began = Date.now()
const folder = await mkdtemp(join(tmpdir(), 'stillbeat-drill-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
try {
  await rehearse()
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`)
  process.exit(1)
}

/** Rehearses on a database of its own: services register, one goes silent and comes back, and a summary is told. */
async function rehearse(): Promise<void> {
  const { TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID, TELEGRAM_API_ROOT, ALERT_WEBHOOK_URL, TIMEZONE } = process.env
  const chosen = { TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID, TELEGRAM_API_ROOT, ALERT_WEBHOOK_URL, TIMEZONE }
  const config = readConfig({ ...chosen, ...settings, DATA_DIR: folder })
  const log = createLog(config.logLevel)
  const real = channelsOf(config, log).filter(({ target }) => target !== 'log')
  const terminal = createTerminal()
  const channels = [...real, terminal.channel]
  say(`A rehearsal on a database of its own${real.length > 0 ? `; you are told by ${names(real)}, too` : ''}.`)
  await checkChannels(config, real, log)

  const database = await openDatabase(config.database)
  const app = await startApp({ config, database, channels, clock: systemClock, log })
  const services = ['orders-api', 'nightly-backup', 'newsletter-bot']
  const silent = new Set<string>()
  const beat = () =>
    Promise.all(
      services
        .filter((key) => !silent.has(key))
        .map((key) => fetch(`${app.url}/heartbeat?service_key=${key}`, { method: 'POST' })),
    )
  const beating = setInterval(() => beat().catch(() => {}), BEAT_EVERY_MS)

  say(`Three services register by their first heartbeat, and beat every second: ${services.join(', ')}.`)
  await sleep(4.5 * BEAT_EVERY_MS)
  say('Their rhythm is known. Now newsletter-bot goes silent. It is down after two seconds (twice its usual gap),')
  say('and alerts wait another two for company, so that an outage of many is one message.')
  silent.add('newsletter-bot')
  await terminal.next('down')
  await sleep(2 * BEAT_EVERY_MS)
  say('newsletter-bot comes back.')
  silent.clear()
  await terminal.next('recovered')
  const api = createClient({ url: app.url })
  await api.signal.mutate({ serviceKey: 'nightly-backup', kind: 'attention', message: '3 files could not be read' })
  say('nightly-backup has asked for a look. This is the summary as it would go out in the morning:')
  const { messages } = await api.summary.query()
  for (const { target, address, notifier } of channels) {
    for (const [index, message] of messages.entries()) {
      const delivery = await notifier.send(address, {
        id: `drill-${index}`,
        repeated: false,
        data: { event: 'summary' },
        ...message,
      })
      if (delivery.outcome !== 'sent') say(`${target}: ${JSON.stringify(delivery)}`)
    }
  }
  clearInterval(beating)
  await app.stop()
  await database.close()
  say('The rehearsal is over; nothing of it is left.')
}

function say(text: string): void {
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}\n`)
}

// A function, since the rehearsal begins before the constants down here have their values.
function names(channels: readonly Channel[]): string {
  return channels.map(({ target }) => target).join(' and ')
}

/** Makes a channel that prints messages, and lets the script wait for one. */
function createTerminal(): { channel: Channel; next(event: string): Promise<void> } {
  const waiting = new Map<string, () => void>()
  const send = async ({ title, body, data }: Outgoing) => {
    process.stdout.write(`\n${[title, ...body.split('\n')].map((line) => `         │ ${line}`).join('\n')}\n\n`)
    waiting.get(String(data.event))?.()
    return { outcome: 'sent' as const }
  }
  return {
    channel: { target: 'terminal', address: 'terminal', notifier: { send: (_address, message) => send(message) } },
    next: (event) =>
      new Promise((resolve, reject) => {
        waiting.set(event, resolve)
        setTimeout(() => reject(new Error(`no message "${event}" came`)), LONGEST_WAIT_MS).unref()
      }),
  }
}
