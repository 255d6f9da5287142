import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { createClient } from '../../client/index.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { type BotApi, startBotApi } from '../helpers/botApi.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { person } from '../helpers/person.ts'

const CHAT = '777'
const LONGEST_MS = 45_000

/** Tests that run side by side each have their own way to say what to do at the end. */
type AtEnd = (stop: () => Promise<void>) => void

interface Channel {
  env: Record<string, string>
  botApi?: BotApi
  /** The first lines of the messages that came. */
  titles(): string[]
}

const channels: [string, (atEnd: AtEnd) => Promise<Channel>][] = [
  ['no channel', async () => ({ env: {}, titles: () => [] })],
  ['Telegram', telegram],
  ['a webhook', webhook],
]

describe.runIf(!onPostgres)('with', () => {
  test.concurrent.for(channels)('%s: npm run drill', async ([, open], { onTestFinished: atEnd }) => {
    const { env, titles } = await open(atEnd)
    const scratch = await temporaryFolder(atEnd)
    const drill = run('drill', [], { ...env, TMPDIR: scratch }, atEnd)
    expect(await drill.ended(), drill.told.join('\n')).toBe(0)
    const told = drill.told.join('\n')
    for (const title of ['🔴 Newsletter Bot is down', '🟢 Newsletter Bot is alive again', '📋 ']) {
      expect(told).toContain(`│ ${title}`)
      if (env.TELEGRAM_CHAT_ID || env.ALERT_WEBHOOK_URL) expect(titles().join('\n')).toContain(title)
    }
    expect(readdirSync(scratch).filter((name) => name.startsWith('stillbeat'))).toEqual([])
  })

  test.concurrent.for(channels)(
    '%s: npm start, sample, restore, server and bot',
    async ([, open], { onTestFinished: atEnd }) => {
      const { env, botApi } = await open(atEnd)
      const folder = await temporaryFolder(atEnd)
      const { env: database, drop } = await createTestDatabase()
      atEnd(drop)

      const all = start('npm', ['start'], { ...env, ...database }, atEnd)
      const [, url = ''] = await all.says(/Stillbeat listens on (\S+)/)
      const sample = run('sample', [], { SERVICE_REGISTRY_URL: url, SAMPLE_PERIOD_SECONDS: '1' }, atEnd)
      await sample.says(/^200 .*"service_key":"sample-service"/)
      expect(await sample.stopped(), sample.told.join('\n')).toBe(0)
      await answers(botApi)

      const file = join(folder, 'stillbeat.tar.gz')
      const backup = start(process.execPath, ['client/cli/main.ts', 'backup', file, '--url', url], {}, atEnd)
      expect(await backup.ended(), backup.told.join('\n')).toBe(0)
      expect(await all.stopped(), all.told.join('\n')).toBe(0)

      const restored = { ...env, DATA_DIR: join(folder, 'data') }
      const restore = run('restore', [file], restored, atEnd)
      expect(await restore.ended(), restore.told.join('\n')).toBe(0)
      const server = run('server', [], restored, atEnd)
      const [, restoredUrl = ''] = await server.says(/Stillbeat listens on (\S+)/)
      const { services } = await createClient({ url: restoredUrl }).status.query({ serviceKey: 'sample-service' })
      expect(services).toHaveLength(1)

      const bot = run('bot', [], { ...env, SERVICE_REGISTRY_URL: restoredUrl }, atEnd)
      if (botApi) {
        await bot.says(/the bot asks/)
        await answers(botApi)
        expect(await bot.stopped(), bot.told.join('\n')).toBe(0)
      } else {
        expect(await bot.ended()).toBe(1)
        expect(bot.told).toEqual(['TELEGRAM_BOT_TOKEN is not set; @BotFather makes a bot and tells its token'])
      }
      expect(await server.stopped(), server.told.join('\n')).toBe(0)
    },
  )
})

test('every command of the README is run here, or is a check of the sources', () => {
  const checks = ['ci', 'test', 'verify', 'bench']
  const table = readFileSync('README.md', 'utf8').split('\n## Commands\n')[1]?.split('\n## ')[0] ?? ''
  const named = [...table.matchAll(/^\| `(.*?)` \|/gm)].flatMap(([, command = '']) => [
    ...command.matchAll(/\bnpm (?:run )?(\w+)/g),
  ])
  const here = ['start', 'server', 'bot', 'sample', 'drill', 'restore']
  expect(named.map(([, name]) => name).toSorted()).toEqual([...checks, ...here].toSorted())
})

async function telegram(atEnd: AtEnd): Promise<Channel> {
  const botApi = await startBotApi({ stopAfter: atEnd })
  return {
    env: { TELEGRAM_BOT_TOKEN: botApi.token, TELEGRAM_CHAT_ID: CHAT, TELEGRAM_API_ROOT: botApi.url },
    botApi,
    titles: () => botApi.messages(CHAT).map(({ sentText }) => sentText),
  }
}

/** The bot answers a question, if there is a bot. */
async function answers(botApi: BotApi | undefined): Promise<void> {
  if (!botApi) return
  const { text } = await person(botApi, { chatId: CHAT }).ask('/status')
  expect(text).toContain('Sample Service')
}

async function webhook(atEnd: AtEnd): Promise<Channel> {
  const titles: string[] = []
  const server = createServer(async (request, response) => {
    titles.push(((await json(request)) as { title: string }).title)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(async () => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { env: { ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/alerts` }, titles: () => titles }
}

async function temporaryFolder(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-commands-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the command line of `npm run NAME`, without the second that npm itself takes. */
function run(name: keyof typeof packageJson.scripts, args: string[], env: Record<string, string>, atEnd: AtEnd) {
  const line = packageJson.scripts[name].replace(/^exec /, '')
  return start('/bin/sh', ['-c', `exec ${line} "$@"`, name, ...args], env, atEnd)
}

/** Starts a command in a process group of its own, as a shell does, so that all of it can be ended. */
function start(program: string, args: string[], env: Record<string, string>, atEnd: AtEnd) {
  const child = spawn(program, args, {
    // An empty value counts as unset, and a developer's `.env` does not replace it.
    env: {
      PATH: `${resolve('node_modules/.bin')}:${process.env.PATH}`,
      HOME: process.env.HOME,
      HOST: '',
      PORT: '0',
      API_KEY: '',
      PUBLIC_URL: '',
      DATABASE_URL: '',
      TELEGRAM_BOT_TOKEN: '',
      TELEGRAM_CHAT_ID: '',
      TELEGRAM_API_ROOT: '',
      ALERT_WEBHOOK_URL: '',
      WATCHDOG_URL: '',
      SERVICE_REGISTRY_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-Number(child.pid), name)
    } catch {
      // All of it has ended.
    }
  }
  atEnd(async () => signal('SIGKILL'))
  const told: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => told.push(line))
  const closed = once(child, 'close')
  const ended = async (): Promise<number | null> => (await closed)[0]
  return {
    told,
    ended,
    /** Ends it as systemd and Docker do: the process alone gets the signal, here that may be npm's. */
    stopped() {
      child.kill('SIGTERM')
      return ended()
    },
    says: (pattern: RegExp) =>
      vi.waitFor(
        () => {
          const found = told.map((line) => pattern.exec(line)).find((match) => match !== null)
          if (!found) throw new Error(`it did not say ${pattern}: ${told.join('\n')}`)
          return found
        },
        { timeout: LONGEST_MS, interval: 50 },
      ),
  }
}
