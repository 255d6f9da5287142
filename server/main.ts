import { existsSync } from 'node:fs'
import { openDatabase } from '../db/open.ts'
import { DamagedDatabaseError } from '../db/openFolder.ts'
import { openApp } from './app.ts'
import { listKept } from './backup/stock.ts'
import { channelsOf, checkChannels } from './channels.ts'
import { systemClock } from './clock.ts'
import { ConfigError, readConfig } from './config.ts'
import { cureOf, reasonOf } from './cure.ts'
import { isDatabaseAway } from './errors.ts'
import { createLog, type Log } from './log.ts'
import { createSharedClock } from './sharedClock.ts'
import { createTelegram } from './telegram.ts'

const SECONDS_TO_STOP = 9
/** Addresses that stand for all of a machine, where no client can call. */
const ANY_HOST = /0\.0\.0\.0|\[::\]/

if (existsSync('.env')) process.loadEnvFile()

try {
  await run()
} catch (error) {
  const fault = error instanceof DamagedDatabaseError ? await damage(error) : startFault(error)
  process.stderr.write(`${error instanceof ConfigError ? error.message : fault}\n`)
  process.exit(1)
}

async function run(): Promise<void> {
  // Nothing is accepted before HTTP is open, so a signal ends the process at once.
  const leave = () => process.exit(0)
  process.on('SIGTERM', leave).on('SIGINT', leave)
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const database = await openDatabase(config.database)
  const channels = channelsOf(config, log)
  const telegram = process.argv.includes('--bot') ? createTelegram(config, log) : null
  const doors = telegram?.doors ?? []
  // The embedded database has the clock of this machine.
  const clock = database.folder === null ? createSharedClock(systemClock) : systemClock
  const app = await openApp({ config, database, channels, clock, log, doors }).catch(async (error) => {
    await database.close()
    throw error
  })

  let hasBegun = false
  let isStopping = false
  const stop = async (signal: string) => {
    // npm forwards a signal that the terminal has already delivered. The second one must not cut the stop short.
    if (isStopping) return
    isStopping = true
    log.info(`${signal}: finishing what was accepted`)
    setTimeout(leaveUnfinished, SECONDS_TO_STOP * 1000, log).unref()
    await Promise.all([telegram?.stop(), app.stop()])
    if (hasBegun) await database.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop).off('SIGTERM', leave)
  process.on('SIGINT', stop).off('SIGINT', leave)

  try {
    await app.begin()
    hasBegun = true
  } catch (error) {
    if (!isStopping) await app.stop()
    if (!isStopping) throw error
  }
  if (isStopping) return
  telegram?.start({ url: app.url.replace(ANY_HOST, '127.0.0.1'), key: config.apiKey })
  void checkChannels(config, channels, log)
  const address = config.publicUrl ?? app.url.replace(ANY_HOST, 'localhost')
  const curl = config.apiKey ? "curl -H 'Authorization: Bearer YOUR_API_KEY'" : 'curl'
  log.info(
    `Stillbeat listens on ${address} (database: ${database.description}). A first heartbeat: ${curl} -X POST '${address}/heartbeat?service_key=my-service' and then: ${curl} ${address}/status`,
  )
}

/** Leaves although the database does not answer. All callers have been answered by then. */
function leaveUnfinished(log: Log): void {
  log.warn(
    `the database does not answer; leaving after ${SECONDS_TO_STOP} s without it: nothing that was answered is lost`,
  )
  process.exit(0)
}

/** Says what to do about a damaged database. Nothing has been changed. */
async function damage({ message, folder }: DamagedDatabaseError): Promise<string> {
  const [newest] = await listKept(readConfig(process.env).backups.folder)
  const cure = newest
    ? `\`npm run restore -- --force\` puts the backup of ${new Date(newest.takenAt).toISOString()} in its place and keeps what is there`
    : '`npm run restore -- FILE --force` puts a backup of yours in its place and keeps what is there'
  return `cannot start: ${message}. Nothing was changed. ${cure}; to begin anew, move ${folder} elsewhere`
}

/** Says why the start failed: the message alone if it tells what to do, else with the trace. */
function startFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}; stop what listens there, or set PORT`
  if (isDatabaseAway(error) || error.message.startsWith('SASL'))
    return `cannot start: ${reasonOf(error)}; ${cureOf(error)}`
  if ('code' in error && error.code === '42501') return `cannot start: ${reasonOf(error)}; ${cureOf(error)}`
  if ('code' in error && typeof error.code === 'string') return `cannot start: ${error.message || error.code}`
  return error.name === 'Error' || error.name === 'TypeError' ? (error.stack ?? error.message) : error.message
}
