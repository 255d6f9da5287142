import { TRPCClientError } from '@trpc/client'
import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { expectTrpcRefusal } from '../helpers/refusal.ts'

const app = await startTestApp({ stopAfter: afterAll })

const asJson = { 'Content-Type': 'application/json' }

async function ask(path: string, init?: RequestInit) {
  const response = await app.fetch(`/trpc/${path}`, init)
  return { status: response.status, body: await response.text() }
}

const askWith = (path: string, input: string) => ask(`${path}?input=${encodeURIComponent(input)}`)

test.each(['nothing', 'services', 'services.nothing', '__proto__', 'constructor', 'then', 'status.toString', '%00'])(
  'there is no procedure %s',
  async (path) => {
    expectTrpcRefusal(await ask(path), 'NOT_FOUND', /^No procedure found/)
  },
)

test('each kind of procedure has its method', async () => {
  const mutation = await askWith('heartbeat', '{"serviceKey":"by-get"}')
  expectTrpcRefusal(mutation, 'METHOD_NOT_SUPPORTED', /GET-request to mutation/)
  const query = await ask('status', { method: 'POST', headers: asJson, body: '{}' })
  expectTrpcRefusal(query, 'METHOD_NOT_SUPPORTED', /POST-request to query/)
})

test.each<[procedure: string, input: string, message: RegExp]>([
  ['status', '{', /JSON/],
  ['status', 'null', /expected object/],
  ['status', '[]', /expected object/],
  ['status', '{"status":"down"}', /^status: .*array/],
  ['status', '{"status":["up"]}', /^status\.0: must be one of unknown, alive/],
  ['status', '{"status":[]}', /^status/],
  ['status', '{"limit":"5"}', /^limit: .*number/],
  ['status', '{"limit":0}', /^limit/],
  ['status', '{"limit":1e9}', /^limit/],
  ['status', '{"cursor":"!!"}', /^cursor is not one/],
  ['status', '{"group":"\\u0000"}', /NUL/],
  ['status', '{"serviceKey":5}', /^service_key must be text/],
  ['history', '{"since":"yesterday"}', /^since must be a time such as/],
  ['history', '{"since":"2026-02-30T00:00:00Z"}', /^since/],
  ['history', '{"group":"a\\u0000"}', /NUL/],
  ['heartbeats', '{}', /^service_key must be text/],
  ['heartbeats', '{"serviceKey":"a","limit":1001}', /^limit/],
  ['explain', '{"serviceKey":"\\ud800"}', /^service_key is not valid UTF-8/],
  ['services.get', '{"serviceKey":["a"]}', /^service_key must be text/],
  ['services.list', '{"after":"\\u0000"}', /NUL/],
  ['services.list', '{"limit":-1}', /^limit/],
])('%s of %s is refused in words', async (procedure, input, message) => {
  expectTrpcRefusal(await askWith(procedure, input), 'BAD_REQUEST', message)
})

test.each<[procedure: string, body: string, message: RegExp]>([
  ['heartbeat', '', /expected object/],
  ['heartbeat', '{', /JSON/],
  ['heartbeat', '"a"', /expected object/],
  ['heartbeat', '{"serviceKey":""}', /^service_key is empty/],
  ['heartbeat', '{"serviceKey":"a\\u0007"}', /control characters/],
  ['heartbeat', '{"serviceKey":"a","metadata":[]}', /^metadata must be a JSON object/],
  ['heartbeat', `{"serviceKey":"a","metadata":${'{"x":'.repeat(9_000)}1${'}'.repeat(9_001)}`, /nested deeper/],
  ['signal', '{"serviceKey":"a"}', /^kind/],
  ['signal', '{"serviceKey":"a","kind":"heartbeat"}', /^kind/],
  ['signal', '{"serviceKey":"a","kind":"fail","exitCode":1.5}', /^exitCode/],
  ['signal', '{"serviceKey":"a","kind":"fail","durationMs":-1}', /^durationMs/],
  ['signal', '{"serviceKey":"a","kind":"start","runId":"a\\u0000"}', /^runId must not contain NUL/],
  ['signal', '{"serviceKey":"a","kind":"start","runId":"\\ud800"}', /^runId must not contain NUL characters or lone/],
  ['services.configure', '{"serviceKey":"a","displayName":"\\u0000"}', /^displayName/],
  ['services.configure', '{"serviceKey":"a","group":"\\udfff"}', /^group/],
  ['services.configure', '{"serviceKey":"a","expectedPeriodSeconds":1e308}', /^expectedPeriodSeconds must be at least/],
  ['services.configure', '{"serviceKey":"a","expectedPeriodSeconds":-5}', /^expectedPeriodSeconds must be at least/],
  ['services.configure', '{"serviceKey":"a","schedule":"every day"}', /^schedule is not a cron line such as/],
  ['services.configure', '{"serviceKey":"a","schedule":"* * * * * *"}', /: a cron line has five fields: minute hour/],
  ['services.configure', '{"serviceKey":"a","schedule":"a"}', /: a cron line has five fields: minute hour/],
  ['services.configure', '{"serviceKey":"a","schedule":"* * * * *","expectedPeriodSeconds":5}', /not both/],
  ['services.configure', '{"serviceKey":"a","timezone":"Mars/Base"}', /^timezone .*Europe\/Berlin/],
  ['services.configure', '{"serviceKey":"a","mutedUntil":"later"}', /^mutedUntil/],
  ['services.configure', '{"serviceKey":"a","aliases":["\\u0000"]}', /control characters/],
  ['services.configure', '{"serviceKey":"a","metadata":{"x":"\\u0000"}}', /^metadata must not contain NUL/],
])('%s of %s is refused in words too', async (procedure, body, message) => {
  expectTrpcRefusal(await ask(procedure, { method: 'POST', headers: asJson, body }), 'BAD_REQUEST', message)
})

test('a service that nobody knows is told as such by every procedure that wants one', async () => {
  const none = { serviceKey: 'nobody' }
  const { api } = app
  const asked = await Promise.allSettled([
    api.status.query(none),
    api.history.query(none),
    api.heartbeats.query(none),
    api.explain.query(none),
    api.services.get.query(none),
    api.services.pause.mutate(none),
    api.services.resume.mutate(none),
    api.services.remove.mutate(none),
  ])
  for (const answer of asked) {
    const error = answer.status === 'rejected' ? answer.reason : undefined
    expect(error).toBeInstanceOf(TRPCClientError)
    expect(error).toMatchObject({ message: expect.stringMatching(/^no service "nobody"/), data: { code: 'NOT_FOUND' } })
  }
})

test('a form of 10 MB is not read to its end', async () => {
  const body = new FormData()
  body.set('serviceKey', 'x'.repeat(10_000_000))
  const answer = await ask('heartbeat', { method: 'POST', body })
  expectTrpcRefusal(answer, 'PAYLOAD_TOO_LARGE', '')
})

test('in a batch each call stands for itself', async () => {
  const body = '{"0":{"serviceKey":"batched"},"2":{"serviceKey":7},"__proto__":{"serviceKey":"x"},"-1":null}'
  const answer = await ask('heartbeat,nothing,heartbeat,heartbeat?batch=1', { method: 'POST', headers: asJson, body })
  expect(answer.status).toBe(207)
  expect(JSON.parse(answer.body)).toMatchObject([
    { result: { data: { serviceKey: 'batched', status: 'ok' } } },
    { error: { data: { code: 'NOT_FOUND' } } },
    { error: { data: { code: 'BAD_REQUEST' } } },
    { error: { data: { code: 'BAD_REQUEST' } } },
  ])
})

test.each<[what: string, path: string, body: string]>([
  ['an array for its inputs', 'heartbeat,heartbeat?batch=1', '[]'],
  ['no inputs', 'heartbeat,heartbeat?batch=1', ''],
  ['a thousand calls', `${'heartbeat,'.repeat(1_000)}?batch=1`, '{}'],
  ['only commas', ',,,,?batch=1', '{}'],
])('a batch with %s is refused', async (_what, path, body) => {
  const answer = await ask(path, { method: 'POST', headers: asJson, body })
  expect(answer).toMatchObject({ status: expect.toSatisfy((status: number) => status === 400 || status === 404) })
  expect(answer.body).not.toMatch(/\bstack\b|\n\s+at /)
})
