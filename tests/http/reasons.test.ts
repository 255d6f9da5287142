import { afterAll, expect, test } from 'vitest'
import { HTTP_STATUS, REASONS, type Reason } from '../../server/reasons.ts'
import { startTestApp } from '../helpers/app.ts'

const app = await startTestApp({
  env: { API_KEY: 'correct-horse-battery', ALLOW_UNAUTHENTICATED: 'false' },
  stopAfter: (stop) => afterAll(stop),
})
const KEY = { Authorization: 'Bearer correct-horse-battery' }
const JSON_TYPE = { 'Content-Type': 'application/json' }

const json = (body: unknown, headers: Record<string, string> = KEY): RequestInit => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
})
const query = (procedure: string, input: unknown) =>
  `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`

test.each<[reason: Reason, path: string, init?: RequestInit]>([
  ['no_such_address', '/nothing', { headers: KEY }],
  ['no_such_service', '/status?service_key=nobody', { headers: KEY }],
  ['invalid_input', '/status?limit=0', { headers: KEY }],
  ['invalid_input', '/heartbeat', { method: 'POST', headers: KEY }],
  ['invalid_json', '/heartbeat', { method: 'POST', headers: { ...KEY, ...JSON_TYPE }, body: '{' }],
  ['invalid_request', '/badge/%', { headers: KEY }],
  ['method_not_supported', '/status', { method: 'DELETE', headers: KEY }],
  ['no_key', '/status'],
  ['wrong_key', '/status', { headers: { 'X-Api-Key': 'another-horse-battery' } }],
  ['signed_out', '/status', { headers: { Cookie: 'stillbeat_session=gone' } }],
  ['body_too_large', '/heartbeat/x', { method: 'POST', headers: KEY, body: 'x'.repeat(65 * 1024) }],
  [
    'body_packed',
    '/heartbeat',
    { ...json({ service_key: 'x' }), headers: { ...KEY, ...JSON_TYPE, 'Content-Encoding': 'gzip' } },
  ],
])('a plain door says %s (%s)', async (reason, path, init) => {
  const answer = await app.fetch(path, init)
  expect(answer.status).toBe(HTTP_STATUS[REASONS[reason]])
  expect(await answer.json()).toMatchObject({ error: { reason, code: REASONS[reason] } })
})

test.each<[reason: Reason, field: string | undefined, path: string, init?: RequestInit]>([
  ['no_such_address', undefined, '/trpc/nothing', { headers: KEY }],
  ['no_such_service', undefined, query('explain', { serviceKey: 'nobody' }), { headers: KEY }],
  ['no_such_group', undefined, query('publicGroup', { group: 'none' }), { headers: KEY }],
  ['no_such_alert', undefined, query('alert', { id: '1-1' }), { headers: KEY }],
  ['no_such_key', undefined, '/trpc/keys.revoke', json({ id: 7 })],
  ['unknown_field', 'service_key', query('explain', { serviceKey: 'x', service_key: 'x' }), { headers: KEY }],
  ['unknown_field', 'periodSeconds', '/trpc/services.configure', json({ serviceKey: 'x', periodSeconds: 60 })],
  ['invalid_input', 'id', query('alert', { id: 'x' }), { headers: KEY }],
  ['invalid_input', 'limit', query('history', { limit: 0 }), { headers: KEY }],
  ['invalid_input', 'status', query('status', { status: ['fine'] }), { headers: KEY }],
  ['invalid_input', 'schedule', '/trpc/services.configure', json({ serviceKey: 'x', schedule: '61 * * * *' })],
  [
    'invalid_input',
    'schedule',
    '/trpc/services.configure',
    json({ serviceKey: 'x', schedule: '0 2 * * *', expectedPeriodSeconds: 60 }),
  ],
  ['invalid_input', 'group', '/trpc/keys.create', json({ name: 'x', scope: 'read', group: 'Shop' })],
  ['invalid_input', 'cursor', query('status', { cursor: '?' }), { headers: KEY }],
  ['invalid_input', 'displayName', '/trpc/services.configure', json({ serviceKey: 'x', displayName: '' })],
  ['invalid_json', undefined, '/trpc/heartbeat', { method: 'POST', headers: { ...KEY, ...JSON_TYPE }, body: '{' }],
  ['nothing_to_acknowledge', undefined, '/trpc/acknowledge', json({ serviceKey: 'calm' })],
  ['no_key', undefined, '/trpc/status'],
  ['wrong_key', undefined, '/trpc/status', { headers: { 'X-Api-Key': 'another-horse-battery' } }],
  ['method_not_supported', undefined, '/trpc/heartbeat', { headers: KEY }],
  [
    'content_type_not_supported',
    undefined,
    '/trpc/heartbeat',
    { method: 'POST', headers: { ...KEY, 'Content-Type': 'text/xml' }, body: '<x/>' },
  ],
])('the typed API says %s (field %s: %s)', async (reason, field, path, init) => {
  await app.fetch('/heartbeat/calm', { method: 'POST', headers: KEY })
  const answer = await app.fetch(path, init)
  expect(answer.status).toBe(HTTP_STATUS[REASONS[reason]])
  const { error } = (await answer.json()) as { error: { data: { reason: string; field?: string } } }
  expect(error.data).toMatchObject({ reason })
  expect(error.data.field).toBe(field)
})

test.each<[procedure: string, input: object, message: string]>([
  [
    'services.configure',
    { periodSeconds: 60 },
    'periodSeconds: there is no such field; did you mean expectedPeriodSeconds?',
  ],
  ['services.configure', { gracSeconds: 60 }, 'gracSeconds: there is no such field; did you mean graceSeconds?'],
  ['services.configure', { grace_seconds: 60 }, 'grace_seconds: there is no such field; did you mean graceSeconds?'],
  ['services.configure', { timeZone: 'UTC' }, 'timeZone: there is no such field; did you mean timezone?'],
  ['services.configure', { cron: '* * * * *' }, 'cron: there is no such field; did you mean schedule?'],
  ['services.configure', { grace: 60 }, 'grace: there is no such field; did you mean graceSeconds?'],
  ['services.configure', { until: 60 }, 'until: there is no such field; did you mean mutedUntil?'],
  ['services.configure', { tz: 'UTC' }, 'tz: there is no such field; did you mean timezone?'],
  ['services.configure', { zzz: 1 }, 'zzz: there is no such field; there are serviceKey, displayName,'],
  ['signal', { kind: 'fail', msg: 'x' }, 'msg: there is no such field; did you mean message?'],
  ['heartbeat', { meta: {} }, 'meta: there is no such field; did you mean metadata?'],
  ['heartbeat', { service_key: 'x' }, 'service_key: there is no such field; did you mean serviceKey?'],
  ['signal', { kind: 'fail', exitcode: 1 }, 'exitcode: there is no such field; did you mean exitCode?'],
  [
    'services.pause',
    { 'until\nheartbeat': true },
    'until heartbeat: there is no such field; did you mean untilHeartbeat?',
  ],
  ['heartbeat', { ['x'.repeat(5_000)]: 1 }, `${'x'.repeat(59)}…: there is no such field`],
])('an unknown field of %s is named with the one that was meant: %j', async (procedure, input, message) => {
  const answer = await app.fetch(`/trpc/${procedure}`, json({ serviceKey: 'x', ...input }))
  expect(answer.status).toBe(400)
  const { error } = (await answer.json()) as { error: { message: string } }
  expect(error.message.slice(0, message.length)).toBe(message)
})

test('a message of zod itself names its field, and one of ours is left as it is', async () => {
  const messages = async (input: unknown) => {
    const answer = await app.fetch('/trpc/services.configure', json(input))
    return ((await answer.json()) as { error: { message: string } }).error.message
  }
  expect(await messages({ serviceKey: 'x', displayName: 7 })).toBe(
    'displayName: Invalid input: expected string, received number',
  )
  expect(await messages({ serviceKey: 'x', displayName: ' ' })).toBe('displayName must not be empty; null clears it')
  expect(await messages({ serviceKey: 'x', aliases: ['a', ''] })).toMatch(/^service_key is empty/)
  expect(await messages({ serviceKey: 'x', metadata: [] })).toMatch(/^metadata must be a JSON object/)
})

test('a misnamed field is all that is told, and not also that the right one is missing', async () => {
  const app = await startTestApp()
  const answer = await app.fetch('/trpc/services.configure', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ service_key: 'u' }),
  })
  const { error } = (await answer.json()) as { error: { message: string; data: { reason: string; field: string } } }
  expect(error.message).toBe('service_key: there is no such field; did you mean serviceKey?')
  expect(error.data).toMatchObject({ reason: 'unknown_field', field: 'service_key' })
})

test.each(['summary', 'monitor', 'groups.list', 'keys.list'])(
  '%s takes no input, and refuses any',
  async (procedure) => {
    const app = await startTestApp()
    const ask = (input: object) => app.fetch(`/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`)
    expect((await ask({})).status).toBe(200)
    expect((await app.fetch(`/trpc/${procedure}`)).status).toBe(200)
    const refused = await ask({ serviceKey: 'x' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { data: { reason: 'unknown_field' } } })
  },
)

test.each([
  ['serviceKey=x', 'serviceKey: there is no such field; did you mean service_key?'],
  ['state=down', 'state: there is no such field; did you mean status?'],
])('GET /status refuses ?%s, which would answer all services', async (query, message) => {
  const app = await startTestApp()
  const answer = await app.fetch(`/status?${query}`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { reason: 'unknown_field', message } })
})
