import { z } from 'zod'
import { isTimeZone } from './time.ts'

export class ConfigError extends Error {
  override name = 'ConfigError'
}

const seconds = (fallback: number, { atLeast }: { atLeast: number }) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => text.trim() !== '' && Number(text) >= atLeast && Number(text) < 1e9, {
      error: `must be a number of seconds, at least ${atLeast}, e.g. ${fallback}`,
    })
    .transform((text) => Math.round(Number(text) * 1000))

const flag = z
  .string()
  .default('false')
  .refine((text) => /^(true|false|1|0|yes|no|on|off)$/i.test(text.trim()), { error: 'must be true or false' })
  .transform((text) => /^(true|1|yes|on)$/i.test(text.trim()))

const webAddress = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be a web address, e.g. ${example}` })
    .transform((url) => url.replace(/\/+$/, ''))

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .default('8765')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, { error: 'must be a port number, e.g. 8765' })
    .transform(Number),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error:
        'is not a postgres:// address, e.g. postgres://user:password@localhost:5432/stillbeat; leave it empty to use the embedded database',
    })
    .optional(),
  DATABASE_NAME: z.string().optional(),
  DATA_DIR: z.string().default('./data'),
  PUBLIC_URL: webAddress('https://stillbeat.example.org').optional(),
  API_KEY: z
    .string()
    .regex(/^[!-~]{8,}$/, {
      error: 'must be at least 8 ASCII characters without blanks; `openssl rand -hex 24` makes a good one',
    })
    .optional(),
  ALLOW_UNAUTHENTICATED: flag,
  TIMEZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, { error: 'must be a time zone of the IANA list, e.g. Europe/Moscow' }),
  CHECK_INTERVAL_SECONDS: seconds(60, { atLeast: 1 }),
  MIN_SILENCE_SECONDS: seconds(10, { atLeast: 0 }),
  DEAD_AFTER_SECONDS: seconds(604_800, { atLeast: 1 }),
  DEBUG_MODE: flag,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
})

const debugDefaults = { CHECK_INTERVAL_SECONDS: '5', DEAD_AFTER_SECONDS: '600', LOG_LEVEL: 'debug' }

export type Config = ReturnType<typeof readConfig>

/** Reads the environment; an empty value counts as unset. Throws ConfigError with a sentence for every wrong value. */
export function readConfig(env: Record<string, string | undefined>) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const debug = /^(true|1|yes|on)$/i.test(set.DEBUG_MODE?.trim() ?? '')
  const result = environment.safeParse({ ...(debug ? debugDefaults : {}), ...set })
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
  }
  const values = result.data
  if (!isLoopback(values.HOST) && !values.API_KEY && !values.ALLOW_UNAUTHENTICATED) {
    throw new ConfigError(
      `HOST ${values.HOST} can be reached by other machines, and nothing would keep strangers out; set API_KEY (or, behind a door of your own, ALLOW_UNAUTHENTICATED=true)`,
    )
  }
  return {
    host: values.HOST,
    port: values.PORT,
    database: { url: databaseUrl(values.DATABASE_URL, values.DATABASE_NAME), dataDir: values.DATA_DIR },
    publicUrl: values.PUBLIC_URL,
    apiKey: values.API_KEY,
    timezone: values.TIMEZONE,
    checkIntervalMs: values.CHECK_INTERVAL_SECONDS,
    rules: { minSilenceMs: values.MIN_SILENCE_SECONDS, deadAfterMs: values.DEAD_AFTER_SECONDS },
    logLevel: values.LOG_LEVEL,
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function databaseUrl(url: string | undefined, name: string | undefined): string | undefined {
  if (!url || !name) return url
  const named = new URL(url)
  named.pathname = `/${encodeURIComponent(name)}`
  return named.href
}
