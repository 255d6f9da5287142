import { join } from 'node:path'
import { z } from 'zod'
import { withDatabaseName } from './databaseUrl.ts'
import { botEnvironment, environment, SECONDS_A_DAY } from './environment.ts'

export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** The default rate limit. A program that means no harm sends far less. */
const REQUESTS_PER_SECOND = 100

const debugDefaults = {
  CHECK_INTERVAL_SECONDS: '5',
  DEAD_AFTER_SECONDS: '600',
  DAILY_SUMMARY_INTERVAL_SECONDS: '120',
  LOG_LEVEL: 'debug',
}

export type Config = ReturnType<typeof readConfig>
export type BotConfig = ReturnType<typeof readBotConfig>

/** Reads the environment; an empty value counts as unset. Throws ConfigError with a sentence for every wrong value. */
export function readConfig(env: Environment) {
  const values = read(environment, env)
  if (!isLoopback(values.HOST) && !values.API_KEY && !values.ALLOW_UNAUTHENTICATED) {
    throw new ConfigError(
      `HOST ${values.HOST} can be reached by other machines, and nothing would keep strangers out; set API_KEY (or, behind a door of your own, ALLOW_UNAUTHENTICATED=true)`,
    )
  }
  const interval = values.DAILY_SUMMARY_INTERVAL_SECONDS
  const everyMs = interval < SECONDS_A_DAY * 1000 ? interval : null
  return {
    host: values.HOST,
    port: values.PORT,
    database: {
      url: withDatabaseName(values.DATABASE_URL, values.DATABASE_NAME),
      dataDir: values.DATA_DIR,
      fsyncsCommits: values.EMBEDDED_FSYNC,
    },
    /** Of the embedded database. With `keep: 0` none is made. */
    backups: { folder: values.BACKUP_DIR ?? join(values.DATA_DIR, 'backups'), keep: values.BACKUP_KEEP },
    publicUrl: values.PUBLIC_URL,
    apiKey: values.API_KEY,
    /** `null`: no limit. */
    rateLimitPerSecond: rateLimitOf(values.HOST, values.RATE_LIMIT_PER_SECOND),
    trustProxy: values.TRUST_PROXY,
    timezone: values.TIMEZONE,
    checkIntervalMs: values.CHECK_INTERVAL_SECONDS,
    rules: { minSilenceMs: values.MIN_SILENCE_SECONDS, deadAfterMs: values.DEAD_AFTER_SECONDS },
    inactiveAfterMs: values.SERVICE_INACTIVE_THRESHOLD_MINUTES,
    /** `null`: no summaries. */
    dailySummary: values.DAILY_SUMMARY_TIME === null ? null : { time: values.DAILY_SUMMARY_TIME, everyMs },
    alertGroupMs: values.ALERT_GROUP_SECONDS,
    minIncidentMs: values.MIN_INCIDENT_SECONDS,
    remindAfterMs: values.REMIND_AFTER_HOURS,
    retentionDays: values.RETENTION_DAYS,
    alertWebhookUrl: values.ALERT_WEBHOOK_URL,
    watchdogUrl: values.WATCHDOG_URL,
    ...botSettings(values),
  }
}

/** Reads the settings of a bot that runs by itself. Settings of the database cannot keep it from starting. */
export function readBotConfig(env: Environment) {
  const values = read(botEnvironment, env)
  return { host: values.HOST, port: values.PORT, ...botSettings(values) }
}

function rateLimitOf(host: string, given: number | null | undefined): number | null {
  if (given !== undefined) return given
  return isLoopback(host) ? null : REQUESTS_PER_SECOND
}

type Environment = Record<string, string | undefined>

function botSettings(values: z.output<typeof botEnvironment>) {
  return {
    telegram: {
      token: values.TELEGRAM_BOT_TOKEN,
      chatIds: [...new Set(values.TELEGRAM_CHAT_ID)],
      apiRoot: values.TELEGRAM_API_ROOT,
      webhookUrl: values.TELEGRAM_WEBHOOK_URL,
    },
    /** The API that the bot asks, if the settings name one. */
    registry: { url: values.SERVICE_REGISTRY_URL, key: values.SERVICE_REGISTRY_KEY },
    logLevel: values.LOG_LEVEL,
  }
}

function read<T extends z.ZodType>(schema: T, env: Environment): z.output<T> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const debug = /^(true|1|yes|on)$/i.test(set.DEBUG_MODE?.trim() ?? '')
  // A message of zod's own names no field here, since the variable's name is put before it.
  const result = schema.safeParse({ ...(debug ? debugDefaults : {}), ...set }, { error: z.locales.en().localeError })
  if (result.success) return result.data
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
