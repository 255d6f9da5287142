import { z } from 'zod'
import { HOUR_MS } from '../db/units.ts'
import { databaseUrl } from './databaseUrl.ts'
import { timezoneFault } from './input/timezone.ts'
import { proxies } from './proxies.ts'
import { isTimeZone } from './text/timezone.ts'

const seconds = (fallback: number, { atLeast }: { atLeast: number }) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => text.trim() !== '' && Number(text) >= atLeast && Number(text) < 1e9, {
      error: `must be a number of seconds, at least ${atLeast}, e.g. ${fallback}`,
    })
    .transform((text) => Math.round(Number(text) * 1000))

const days = (fallback: number, { atMost }: { atMost: number }) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= atMost, {
      error: `must be a whole number of days from 1 to ${atMost}, e.g. ${fallback}`,
    })
    .transform(Number)

/** A number in units of `unitMs`, as milliseconds; `null` for off, which is the default. */
const optional = (unit: string, unitMs: number, example: number) =>
  z
    .string()
    .default('off')
    .refine((text) => isOff(text) || (Number(text) > 0 && Number(text) < 1e6), {
      error: `must be a number of ${unit}, e.g. ${example}, or off`,
    })
    .transform((text) => (isOff(text) ? null : Math.round(Number(text) * unitMs)))

const isOff = (text: string) => text.trim().toLowerCase() === 'off'

const flag = z
  .string()
  .default('false')
  .refine((text) => /^(true|false|1|0|yes|no|on|off)$/i.test(text.trim()), { error: 'must be true or false' })
  .transform((text) => /^(true|1|yes|on)$/i.test(text.trim()))

const webAddress = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be a web address, e.g. ${example}` })
    .transform((url) => url.replace(/\/+$/, ''))

/** Whether a path has only plain names, and nothing that a router takes for a pattern. */
const isPlainPath = (path: string) => /^(\/[\w.-]+)+$/.test(path)

export const SECONDS_A_DAY = 86_400

export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .default('8765')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, { error: 'must be a port number, e.g. 8765' })
    .transform(Number),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_NAME: z.string().optional(),
  DATA_DIR: z.string().default('./data'),
  EMBEDDED_FSYNC: flag,
  BACKUP_DIR: z.string().optional(),
  BACKUP_KEEP: z
    .string()
    .default('7')
    .refine((text) => /^\d+$/.test(text.trim()) && Number(text) <= 1_000, {
      error: 'must be a whole number of backups from 1 to 1000, e.g. 7, or 0 for none',
    })
    .transform(Number),
  PUBLIC_URL: webAddress('https://stillbeat.example.org')
    .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
      error: 'must hold no user or password, since everybody sees it, e.g. https://stillbeat.example.org',
    })
    .optional(),
  API_KEY: z
    .string()
    .regex(/^[!-~]{8,}$/, {
      error: 'must be at least 8 ASCII characters without blanks; `openssl rand -hex 24` makes a good one',
    })
    .optional(),
  ALLOW_UNAUTHENTICATED: flag,
  RATE_LIMIT_PER_SECOND: z
    .string()
    .refine((text) => isOff(text) || (Number(text) > 0 && Number(text) < 1e6), {
      error: 'must be a number of requests, e.g. 100, or off',
    })
    .transform((text) => (isOff(text) ? null : Number(text)))
    .optional(),
  TRUST_PROXY: proxies,
  TIMEZONE: z
    .string()
    .default('UTC')
    .transform((name) => name.trim())
    .refine(isTimeZone, { error: ({ input }) => timezoneFault(String(input)) }),
  CHECK_INTERVAL_SECONDS: seconds(60, { atLeast: 1 }),
  MIN_SILENCE_SECONDS: seconds(10, { atLeast: 0 }),
  DEAD_AFTER_SECONDS: seconds(604_800, { atLeast: 1 }),
  SERVICE_INACTIVE_THRESHOLD_MINUTES: optional('minutes', 60_000, 90),
  DAILY_SUMMARY_TIME: z
    .string()
    .default('09:00')
    .refine((text) => isOff(text) || /^([01]?\d|2[0-3]):[0-5]\d$/.test(text.trim()), {
      error: 'must be a time of day such as 09:00, or off',
    })
    .transform((text) => (isOff(text) ? null : text.trim().padStart(5, '0'))),
  DAILY_SUMMARY_INTERVAL_SECONDS: seconds(SECONDS_A_DAY, { atLeast: 1 }).refine((ms) => ms <= SECONDS_A_DAY * 1000, {
    error: `must be at most ${SECONDS_A_DAY}, which means daily at DAILY_SUMMARY_TIME`,
  }),
  ALERT_GROUP_SECONDS: seconds(10, { atLeast: 0 }),
  MIN_INCIDENT_SECONDS: seconds(0, { atLeast: 0 }),
  REMIND_AFTER_HOURS: optional('hours', HOUR_MS, 4),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .trim()
    .regex(/^\d+:[\w-]+$/, {
      error: 'is not a bot token, e.g. 123456789:AAF-a_long_row_of_letters; @BotFather tells yours',
    })
    .optional(),
  TELEGRAM_CHAT_ID: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((id) => id.trim())
        .filter(Boolean),
    )
    .refine((ids) => ids.every((id) => /^(-?\d{1,20}|@\w{4,})$/.test(id)), {
      error: 'must be the number of a chat, or several with commas, e.g. 123456789,-1001234567890',
    }),
  TELEGRAM_API_ROOT: webAddress('http://localhost:8081').optional(),
  TELEGRAM_WEBHOOK_URL: z
    .url({
      protocol: /^https?$/,
      error: 'must be a web address, e.g. https://stillbeat.example.org/telegram',
      abort: true,
    })
    .refine((url) => isPlainPath(new URL(url).pathname), {
      error: 'must have a path of its own, e.g. https://stillbeat.example.org/telegram',
    })
    .optional(),
  ALERT_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be a web address, e.g. https://ntfy.sh/my-topic' })
    .optional(),
  WATCHDOG_URL: z
    .url({ protocol: /^https?$/, error: 'must be a web address, e.g. https://hc-ping.com/your-uuid' })
    .optional(),
  DETECTOR: z.literal('median', { error: 'must be median, the only one there is yet' }).default('median'),
  RETENTION_DAYS: days(30, { atMost: 3_650 }),
  SERVICE_REGISTRY_URL: webAddress('https://stillbeat.example.org').optional(),
  SERVICE_REGISTRY_KEY: z.string().trim().optional(),
  DEBUG_MODE: flag,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
})

export const botEnvironment = environment.pick({
  HOST: true,
  PORT: true,
  TELEGRAM_BOT_TOKEN: true,
  TELEGRAM_CHAT_ID: true,
  TELEGRAM_API_ROOT: true,
  TELEGRAM_WEBHOOK_URL: true,
  SERVICE_REGISTRY_URL: true,
  SERVICE_REGISTRY_KEY: true,
  LOG_LEVEL: true,
})

export const VARIABLES = Object.keys(environment.shape)
