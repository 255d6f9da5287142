import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'

/** The error message for these settings; empty if nothing is wrong. */
function complaint(env: Record<string, string>): string {
  try {
    readConfig(env)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
}

test('without any setting the monitor keeps to itself, with an embedded database', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8765,
    database: { url: undefined, dataDir: './data', fsyncsCommits: false },
    backups: { folder: 'data/backups', keep: 7 },
    publicUrl: undefined,
    apiKey: undefined,
    rateLimitPerSecond: null,
    trustProxy: false,
    timezone: 'UTC',
    checkIntervalMs: 60 * SECOND,
    rules: { minSilenceMs: 10 * SECOND, deadAfterMs: 604_800 * SECOND },
    inactiveAfterMs: null,
    minIncidentMs: 0,
    dailySummary: { time: '09:00', everyMs: null },
    alertGroupMs: 10 * SECOND,
    remindAfterMs: null,
    retentionDays: 30,
    telegram: { token: undefined, chatIds: [], apiRoot: undefined, webhookUrl: undefined },
    registry: { url: undefined, key: undefined },
    alertWebhookUrl: undefined,
    logLevel: 'info',
  })
})

test('how fast callers may be depends on who can reach the server', () => {
  const limitOf = (env: Record<string, string>) => readConfig(env).rateLimitPerSecond
  expect(limitOf({ HOST: '0.0.0.0', API_KEY: 'correct-horse' })).toBe(100)
  expect(limitOf({ HOST: '0.0.0.0', API_KEY: 'correct-horse', RATE_LIMIT_PER_SECOND: 'Off' })).toBeNull()
  expect(limitOf({ RATE_LIMIT_PER_SECOND: '0.5' })).toBe(0.5)
  for (const given of ['0', '-1', 'many']) {
    expect(complaint({ RATE_LIMIT_PER_SECOND: given })).toMatch(/^RATE_LIMIT_PER_SECOND must be a number/)
  }
})

test.each(readConfig({ TRUST_PROXY: 'true' }).trustProxy as string[])(
  'the documents know the proxies called %s',
  (name) => {
    expect(readConfig({ TRUST_PROXY: name }).trustProxy).toEqual([name])
    const settings = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
    expect(settings).toMatch(new RegExp(`^\\| \`TRUST_PROXY\` .*\`${name}\``, 'm'))
  },
)

test('proxies are trusted by name, address or block', () => {
  const proxiesOf = (text: string) => readConfig({ TRUST_PROXY: text }).trustProxy
  expect(proxiesOf('FALSE')).toBe(false)
  expect(proxiesOf('True')).toEqual(['loopback', 'linklocal', 'uniquelocal'])
  expect(proxiesOf('loopback, 10.0.0.0/8,fd00::/8')).toEqual(['loopback', '10.0.0.0/8', 'fd00::/8'])
  for (const wrong of ['1', 'everyone', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', 'fd00::/129', '10.0.0.1,']) {
    expect(complaint({ TRUST_PROXY: wrong })).toMatch(/^TRUST_PROXY must be the addresses of the proxies in front/)
  }
})

test('alerts and summaries are set up as they are needed', () => {
  const config = readConfig({
    SERVICE_INACTIVE_THRESHOLD_MINUTES: '90',
    DAILY_SUMMARY_TIME: '7:30',
    ALERT_GROUP_SECONDS: '0',
    MIN_INCIDENT_SECONDS: '2.5',
    REMIND_AFTER_HOURS: '0.5',
    TELEGRAM_BOT_TOKEN: '123:abc',
    TELEGRAM_CHAT_ID: '5, -1001234567890,@my_channel,5',
    TELEGRAM_API_ROOT: 'http://localhost:8081/',
    ALERT_WEBHOOK_URL: 'https://ntfy.sh/my-topic?tpl=1&t={{.title}}&m={{.text}}',
  })
  expect(config).toMatchObject({
    inactiveAfterMs: 90 * MINUTE,
    dailySummary: { time: '07:30', everyMs: null },
    alertGroupMs: 0,
    minIncidentMs: 2_500,
    remindAfterMs: 30 * MINUTE,
    telegram: {
      token: '123:abc',
      chatIds: ['5', '-1001234567890', '@my_channel'],
      apiRoot: 'http://localhost:8081',
      webhookUrl: undefined,
    },
    alertWebhookUrl: 'https://ntfy.sh/my-topic?tpl=1&t={{.title}}&m={{.text}}',
  })
  expect(readConfig({ DAILY_SUMMARY_TIME: 'Off', REMIND_AFTER_HOURS: 'off' })).toMatchObject({
    dailySummary: null,
    remindAfterMs: null,
  })
})

test('an empty value is as good as none, and what is unknown is ignored', () => {
  const empty = ['HOST', 'PORT', 'DATABASE_URL', 'DATABASE_NAME', 'DATA_DIR', 'PUBLIC_URL', 'API_KEY', 'TIMEZONE']
  const flags = ['ALLOW_UNAUTHENTICATED', 'DEBUG_MODE', 'LOG_LEVEL']
  const numbers = ['CHECK_INTERVAL_SECONDS', 'MIN_SILENCE_SECONDS', 'DEAD_AFTER_SECONDS']
  const env = Object.fromEntries([...empty, ...flags, ...numbers].map((name) => [name, '']))
  expect(readConfig({ ...env, STILLBEAT_NOTHING: 'x', PATH: '/bin', UNSET: undefined })).toEqual(readConfig({}))
})

test.each<[name: string, value: string, example: string | RegExp]>([
  ['PORT', 'http', 'e.g. 8765'],
  ['PORT', '65536', 'e.g. 8765'],
  ['PORT', '-1', 'e.g. 8765'],
  ['PORT', '80.5', 'e.g. 8765'],
  ['DATABASE_URL', 'mysql://root@localhost/stillbeat', /e\.g\. postgres:\/\/.*; leave it empty/],
  ['DATABASE_URL', 'localhost:5432', /e\.g\. postgres:\/\//],
  ['PUBLIC_URL', 'beats.example.org', 'e.g. https://'],
  ['PUBLIC_URL', 'ftp://beats.example.org', 'e.g. https://'],
  ['PUBLIC_URL', 'https://me:hunter2@example.org', 'must hold no user or password'],
  ['DETECTOR', 'nonsense', 'must be median'],
  ['API_KEY', 'short', '`openssl rand -hex 24`'],
  ['API_KEY', 'no header carries this', '`openssl rand -hex 24`'],
  ['API_KEY', 'пароль-пароль', '`openssl rand -hex 24`'],
  ['TIMEZONE', 'Mars/Base', 'e.g. Europe/Berlin'],
  ['TIMEZONE', 'MSK', 'use Europe/Moscow'],
  ['TIMEZONE', 'PST', 'TIMEZONE must be a time zone, and PST is none: use America/Los_Angeles'],
  ['BACKUP_KEEP', '-1', 'e.g. 7, or 0 for none'],
  ['BACKUP_KEEP', 'all', 'e.g. 7, or 0 for none'],
  ['EMBEDDED_FSYNC', 'sometimes', 'must be true or false'],
  ['CHECK_INTERVAL_SECONDS', '0', 'at least 1, e.g. 60'],
  ['CHECK_INTERVAL_SECONDS', 'often', 'e.g. 60'],
  ['CHECK_INTERVAL_SECONDS', '60s', 'e.g. 60'],
  ['CHECK_INTERVAL_SECONDS', 'Infinity', 'e.g. 60'],
  ['CHECK_INTERVAL_SECONDS', ' ', 'e.g. 60'],
  ['MIN_SILENCE_SECONDS', '-1', 'at least 0, e.g. 10'],
  ['MIN_SILENCE_SECONDS', 'NaN', 'e.g. 10'],
  ['DEAD_AFTER_SECONDS', '0.5', 'at least 1, e.g. 604800'],
  ['DEAD_AFTER_SECONDS', '1e12', 'e.g. 604800'],
  ['SERVICE_INACTIVE_THRESHOLD_MINUTES', '-5', 'a number of minutes, e.g. 90, or off'],
  ['DAILY_SUMMARY_TIME', '25:00', 'such as 09:00, or off'],
  ['DAILY_SUMMARY_TIME', '9', 'such as 09:00, or off'],
  ['DAILY_SUMMARY_TIME', '09:60', 'such as 09:00, or off'],
  ['DAILY_SUMMARY_INTERVAL_SECONDS', '90000', 'at most 86400'],
  ['DAILY_SUMMARY_INTERVAL_SECONDS', '0', 'at least 1, e.g. 86400'],
  ['ALERT_GROUP_SECONDS', '-1', 'at least 0, e.g. 10'],
  ['MIN_INCIDENT_SECONDS', '-1', 'at least 0, e.g. 0'],
  ['REMIND_AFTER_HOURS', '0', 'a number of hours, e.g. 4, or off'],
  ['RETENTION_DAYS', '0', 'from 1 to 3650, e.g. 30'],
  ['RETENTION_DAYS', '1.5', 'a whole number of days'],
  ['TELEGRAM_BOT_TOKEN', 'my-bot', '@BotFather tells yours'],
  ['TELEGRAM_CHAT_ID', 'me', 'e.g. 123456789,-1001234567890'],
  ['TELEGRAM_CHAT_ID', '5,6;7', 'e.g. 123456789,-1001234567890'],
  ['TELEGRAM_API_ROOT', 'localhost:8081', 'e.g. http://localhost:8081'],
  ['TELEGRAM_WEBHOOK_URL', 'foo', 'e.g. https://stillbeat.example.org/telegram'],
  ['TELEGRAM_WEBHOOK_URL', 'ftp://stillbeat.example.org/telegram', 'e.g. https://stillbeat.example.org/telegram'],
  ['TELEGRAM_WEBHOOK_URL', 'https://stillbeat.example.org/:any', 'a path of its own'],
  ['WATCHDOG_URL', 'foo', 'e.g. https://hc-ping.com/your-uuid'],
  ['SERVICE_REGISTRY_URL', 'foo', 'e.g. https://stillbeat.example.org'],
  ['ALERT_WEBHOOK_URL', 'ntfy.sh/topic', 'e.g. https://ntfy.sh/my-topic'],
  ['ALLOW_UNAUTHENTICATED', 'maybe', 'true or false'],
  ['DEBUG_MODE', '2', 'true or false'],
  ['LOG_LEVEL', 'loud', 'one of trace, debug, info'],
])('%s=%s stops the start with its name, its fault and an example', (name, value, example) => {
  const told = complaint({ [name]: value })
  expect(told).toMatch(new RegExp(`^${name} (must|is not) `))
  expect(told).toMatch(example)
  expect(told).not.toContain('\n')
})

test('all wrong values are told at once, and no secret with them', () => {
  const secrets = { API_KEY: 'hush', DATABASE_URL: 'mysql://root:hush@localhost/x', TELEGRAM_BOT_TOKEN: 'hush:hush' }
  const told = complaint({ PORT: 'x', ...secrets, ALERT_WEBHOOK_URL: 'hush' })
  const names = told.split('\n').map((line) => line.split(' ')[0])
  expect(names).toEqual(['PORT', 'DATABASE_URL', 'API_KEY', 'TELEGRAM_BOT_TOKEN', 'ALERT_WEBHOOK_URL'])
  expect(told).not.toContain('hush')
})

test.each(['true', 'True', 'TRUE', '1', 'yes', 'On', ' true '])('%j switches on', (value) => {
  expect(complaint({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: value })).toBe('')
})

test.each(['false', 'False', 'FALSE', '0', 'no', 'Off', ''])('%j does not', (value) => {
  expect(complaint({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: value })).toMatch(/^HOST 0\.0\.0\.0/)
})

test('fractions of seconds are taken as they are', () => {
  const config = readConfig({
    CHECK_INTERVAL_SECONDS: '1.5',
    MIN_SILENCE_SECONDS: '.25',
    DEAD_AFTER_SECONDS: '86400.125',
  })
  expect(config).toMatchObject({ checkIntervalMs: 1_500, rules: { minSilenceMs: 250, deadAfterMs: 86_400_125 } })
})

test('a public address loses the slash at its end', () => {
  expect(readConfig({ PUBLIC_URL: 'https://example.org/beats/' }).publicUrl).toBe('https://example.org/beats')
})

test.each([
  ['postgres://u:p@db:5432/first?sslmode=require', 'second', 'postgres://u:p@db:5432/second?sslmode=require'],
  ['postgresql://db/first', 'with space/and #', 'postgresql://db/with%20space%2Fand%20%23'],
  ['postgres://db', 'second', 'postgres://db/second'],
  ['postgres://db/first', '', 'postgres://db/first'],
])('in %s the name is replaced by "%s"', (DATABASE_URL, DATABASE_NAME, url) => {
  expect(readConfig({ DATABASE_URL, DATABASE_NAME }).database.url).toBe(url)
})

describe('the password in DATABASE_URL', () => {
  const escaped =
    /^DATABASE_URL cannot be read: .* must be percent-encoded .*# → %23.*, e\.g\. postgres:\/\/user:pass%23word@/
  const none = /^DATABASE_URL is not a postgres:\/\/ address/

  test.each([
    ['postgres://bob:sesa/me1@db:5432/x', escaped],
    ['postgres://bob:12/sesame@db:5432/x', escaped],
    ['postgres://bob:sesa#me1@db/x', escaped],
    ['postgres://bob:12#sesame@db/x', escaped],
    ['postgres://bob:sesa?me1@db/x', escaped],
    ['postgres://bob:12?sesame@db/x', escaped],
    ['postgres://bob:se@sa/me1@db/x', escaped],
    ['postgres://bob:sesa%me1@db/x', escaped],
    ['postgres://bob:sesa%e9me1@db/x', escaped],
    ['postgres://bob:sesa me1@db/x', escaped],
    ['postgres:bob:sesame1@db/x', none],
    ['postgres//bob:sesame1@db/x', none],
    ['postgres://bob:sesame1@db:54sesame/x', none],
    ['bob:sesame1@db', none],
  ])('as in %s is complained about without any of it', (DATABASE_URL, sentence) => {
    const told = complaint({ DATABASE_URL })
    expect(told).toMatch(sentence)
    expect(told).not.toMatch(/sesa|me1|bob|\bdb\b/)
  })

  test.each([
    'postgres://bob:p%23a%2Fs%3Fs%40w%25o%20rd@db/x',
    'postgres://bob:p@ss:word@db/x',
    'postgres://bob:п%C3%A4ß@db/x',
    'postgresql://%2Fvar%2Frun%2Fpostgresql/x?user=bob%40db',
    ' postgres://db/x ',
  ])('as in %s is fine', (DATABASE_URL) => {
    expect(readConfig({ DATABASE_URL }).database.url).toBe(DATABASE_URL.trim())
  })
})

test('a name alone does not turn the embedded database off', () => {
  expect(readConfig({ DATABASE_NAME: 'second' }).database.url).toBeUndefined()
})

describe('who can reach the monitor', () => {
  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('on %s only this machine, so no key is needed', (HOST) => {
    expect(readConfig({ HOST })).toMatchObject({ host: HOST, apiKey: undefined })
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'beats.example.org', '127.0.0.1.example.org'])(
    'on %s others too, so it wants a key or to be told that none is needed',
    (HOST) => {
      const told = complaint({ HOST })
      expect(told).toMatch(`HOST ${HOST} can be reached by other machines`)
      expect(told).toMatch(/set API_KEY .*ALLOW_UNAUTHENTICATED=true/)
      expect(readConfig({ HOST, API_KEY: 'correct-horse' })).toMatchObject({ host: HOST, apiKey: 'correct-horse' })
      expect(readConfig({ HOST, ALLOW_UNAUTHENTICATED: 'true' })).toMatchObject({ host: HOST, apiKey: undefined })
    },
  )
})

describe('for trying it out', () => {
  test('the debug mode checks often, gives up early and tells much', () => {
    expect(readConfig({ DEBUG_MODE: 'True' })).toMatchObject({
      checkIntervalMs: 5 * SECOND,
      rules: { minSilenceMs: 10 * SECOND, deadAfterMs: 10 * MINUTE },
      dailySummary: { time: '09:00', everyMs: 2 * MINUTE },
      logLevel: 'debug',
    })
  })

  test('what is set otherwise stays as it is set', () => {
    const set = {
      CHECK_INTERVAL_SECONDS: '30',
      DEAD_AFTER_SECONDS: '3600',
      DAILY_SUMMARY_INTERVAL_SECONDS: '86400',
      LOG_LEVEL: 'warn',
    }
    expect(readConfig({ DEBUG_MODE: '1', ...set })).toEqual(readConfig(set))
  })
})
