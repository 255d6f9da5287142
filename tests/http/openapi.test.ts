import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestApp } from '../helpers/app.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const app = await startTestApp({ env: { TIMEZONE: 'Europe/Moscow' }, stopAfter: afterAll })

const schema = z.record(z.string(), z.json())
const answer = z.object({ content: z.object({ 'application/json': z.object({ schema }) }) })
const operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  responses: z.object({ '200': answer, default: answer }),
})
const described = z.object({
  openapi: z.string(),
  info: z.object({ title: z.literal('Stillbeat'), version: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
})

const response = await app.fetch('/openapi.json')
const { openapi, servers, paths, components } = described.parse(await response.json())

/** Makes a validator of an answer from its schema in the document. */
function answerSchema(path: string, method: 'get' | 'post', status: '200' | 'default' = '200') {
  const found = paths[path]?.[method]?.responses[status].content['application/json'].schema
  return z.fromJSONSchema(inlined(found ?? {}) as Parameters<typeof z.fromJSONSchema>[0])
}

function inlined(value: z.core.util.JSONType): z.core.util.JSONType {
  if (Array.isArray(value)) return value.map(inlined)
  if (typeof value !== 'object' || value === null) return value
  const name = String(value.$ref ?? '').replace('#/components/schemas/', '')
  if (name) return inlined(components.schemas[name] ?? {})
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, inlined(inner)]))
}

test('the raw doors are described in OpenAPI 3.1', () => {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(openapi).toMatch(/^3\.1\.\d+$/)
  expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
    ['/heartbeat', ['post']],
    ['/heartbeat/{service_key}', ['post']],
    ['/status', ['get']],
    ['/health', ['get']],
    ['/ready', ['get']],
  ])
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

test('a program that follows the description finds the server', async () => {
  const health = new URL('health', new URL(servers[0]?.url ?? '', response.url))
  expect((await fetch(health)).status).toBe(200)
})

test('behind a door of its own the server is where PUBLIC_URL says', async () => {
  const other = await startTestApp({ env: { PUBLIC_URL: 'https://beats.example.org/' } })
  const { servers } = described.parse(await (await other.fetch('/openapi.json')).json())
  expect(servers).toEqual([{ url: 'https://beats.example.org' }])
})

test('the schemas are tight enough to notice what is missing, wrong or too much', () => {
  const received = answerSchema('/heartbeat', 'post')
  const good = { status: 'ok', service_key: 'a', timestamp: '2026-11-23T22:20:01.123+03:00' }
  expect(received.safeParse(good).success).toBe(true)
  const bad = [{ ...good, status: 'no' }, { ...good, timestamp: 'now' }, { ...good, more: 1 }, { status: 'ok' }]
  for (const answer of bad) expect(received.safeParse(answer).success).toBe(false)
})

test.each([
  ['/heartbeat', '/heartbeat?service_key=described'],
  ['/heartbeat/{service_key}', '/heartbeat/described'],
])('the answer of %s is as described', async (path, address) => {
  const answer: unknown = await (await app.fetch(address, { method: 'POST' })).json()
  expect(answerSchema(path, 'post').parse(answer)).toStrictEqual(answer)
})

test('so is the status of services in every state', async () => {
  await learnFiveMinutes(app, 'steady', 'silent', 'resting')
  await app.api.services.configure.mutate({ serviceKey: 'never heard', group: 'new' })
  await app.api.services.pause.mutate({ serviceKey: 'resting' })
  await app.pass(9 * 60_000)
  await app.beat('steady')
  await app.pass(9 * 60_000)

  for (const query of ['', '?limit=1', '?service_key=silent', '?status=alive,down', '?group=none']) {
    const answer: unknown = await (await app.fetch(`/status${query}`)).json()
    expect(answerSchema('/status', 'get').parse(answer), query).toStrictEqual(answer)
  }
  const { counts } = z.object({ counts: schema }).parse(await (await app.fetch('/status')).json())
  expect(counts).toEqual({ unknown: 2, alive: 2, down: 1, dead: 0, paused: 1 })
})

test.each(['/health', '/ready'])('so is %s', async (path) => {
  const answer: unknown = await (await app.fetch(path)).json()
  expect(answerSchema(path, 'get').parse(answer)).toStrictEqual(answer)
})

test.each<[path: string, method: 'get' | 'post', address: string]>([
  ['/heartbeat', 'post', '/heartbeat'],
  ['/heartbeat/{service_key}', 'post', '/heartbeat/%00'],
  ['/status', 'get', '/status?service_key=nobody'],
])('so is what %s refuses', async (path, method, address) => {
  const answer: unknown = await (await app.fetch(address, { method })).json()
  expect(answerSchema(path, method, 'default').parse(answer)).toStrictEqual(answer)
})
