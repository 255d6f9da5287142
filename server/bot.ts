import { existsSync } from 'node:fs'
import { ConfigError, readBotConfig } from './config.ts'
import { createBotHttp } from './http/doors/telegram.ts'
import { createLog } from './log.ts'
import { createTelegram } from './telegram.ts'

// `npm run bot` runs the bot by itself. It has no database, and asks the API for everything.
if (existsSync('.env')) process.loadEnvFile()

const MS_TO_STOP = 9_000
const DEFAULT_REGISTRY = 'http://127.0.0.1:8765'

try {
  await run()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

async function run(): Promise<void> {
  const config = readBotConfig(process.env)
  const log = createLog(config.logLevel)
  const telegram = createTelegram(config, log)
  if (!telegram) throw new ConfigError('TELEGRAM_BOT_TOKEN is not set; @BotFather makes a bot and tells its token')
  const http = telegram.doors.map(createBotHttp)
  for (const one of http) await one.listen({ host: config.host, port: config.port })
  telegram.start({ url: DEFAULT_REGISTRY })

  let isStopping = false
  const stop = async (signal: string) => {
    // npm forwards a signal that the terminal has already delivered.
    if (isStopping) return
    isStopping = true
    log.info(`${signal}: finishing what was asked`)
    setTimeout(() => process.exit(1), MS_TO_STOP).unref()
    await Promise.all([telegram.stop(), ...http.map((one) => one.close())])
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
