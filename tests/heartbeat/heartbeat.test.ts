import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'

const app = await startTestApp({ env: { TIMEZONE: 'Europe/Moscow' }, stopAfter: afterAll })

const key = 'nightly/"backup" 50% <b>☕😀</b>'
const encoded = encodeURIComponent(key)
const json = JSON.stringify({ service_key: key })
const asJson = { 'Content-Type': 'application/json' }
const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' }
const bytes = (text: string) => Buffer.from(text)

const forms: [name: string, path: string, init?: RequestInit][] = [
  ['in the query', `/heartbeat?service_key=${encoded}`],
  ['in the path', `/heartbeat/${encoded}`],
  ['in JSON', '/heartbeat', { headers: asJson, body: json }],
  [
    'in JSON with a charset',
    '/heartbeat',
    { headers: { 'Content-Type': 'Application/JSON; charset=UTF-8' }, body: json },
  ],
  ['in JSON of a type of its own', '/heartbeat', { headers: { 'Content-Type': 'application/ld+json' }, body: json }],
  ['in JSON without a content type', '/heartbeat', { body: bytes(json) }],
  ['in JSON that `curl -d` calls a form', '/heartbeat', { headers: asForm, body: json }],
  ['in a form', '/heartbeat', { headers: asForm, body: `service_key=${encoded}` }],
  ['in a form with +', '/heartbeat', { headers: asForm, body: `service_key=${encoded.replaceAll('%20', '+')}` }],
  [
    'in a form, shouted',
    '/heartbeat',
    { headers: { 'Content-Type': 'APPLICATION/X-WWW-FORM-URLENCODED' }, body: `service_key=${encoded}` },
  ],
  ['with blanks around it', `/heartbeat?service_key=%20%0A${encoded}%09`],
  ['twice, but the same', `/heartbeat/${encoded}?service_key=${encoded}%20`, { headers: asJson, body: json }],
  [
    'beside a log of any bytes',
    `/heartbeat/${encoded}`,
    { headers: { 'Content-Type': 'text/plain' }, body: bytes('ÿ{') },
  ],
]

test.each(forms)('a heartbeat may have its key %s', async (_name, path, init) => {
  const response = await app.fetch(path, { method: 'POST', ...init })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await response.json()).toStrictEqual({
    status: 'ok',
    service_key: key,
    timestamp: '2026-11-23T15:00:00.000+03:00',
  })
})

test('all these ways lead to one service', async () => {
  const { services } = await app.api.status.query()
  expect(services).toMatchObject([{ serviceKey: key, heartbeatCount: forms.length }])
})

test.each([
  ['my-nightly_job', 'My Nightly Job'],
  ['API', 'API'],
  ['orders.eu/import', 'Orders.eu/import'],
  ['ночной-бэкап', 'Ночной Бэкап'],
  ['--', '--'],
])('the first heartbeat of %s registers it as "%s"', async (serviceKey, name) => {
  await app.beat(serviceKey)
  const settings = await app.api.services.get.query({ serviceKey })
  expect(settings).toMatchObject({ serviceKey, displayName: name, registeredAt: '2026-11-23T15:00:00.000+03:00' })
  const { services } = await app.api.status.query({ serviceKey })
  expect(services).toMatchObject([
    { status: 'unknown', heartbeatCount: 1, heartbeatsNeeded: 3, lastHeartbeatReadable: 'just now', deadline: null },
  ])
})

test('a heartbeat under an alias is one of the service, and is answered with its key', async () => {
  await app.api.services.configure.mutate({ serviceKey: 'importer', aliases: ['old importer', 'importer-2'] })
  expect(await app.beat('old importer')).toMatchObject({ service_key: 'importer' })
  expect(await app.beat('importer-2')).toMatchObject({ service_key: 'importer' })
  expect(await app.api.heartbeat.mutate({ serviceKey: ' importer-2 ' })).toMatchObject({ serviceKey: 'importer' })
  expect((await app.api.status.query({ serviceKey: 'old importer' })).services).toMatchObject([
    { serviceKey: 'importer', heartbeatCount: 3 },
  ])
})

test('a key that becomes an alias is heard as the other service from then on', async () => {
  await app.beat('worker-1')
  await app.api.services.remove.mutate({ serviceKey: 'worker-1' })
  await app.api.services.configure.mutate({ serviceKey: 'worker', aliases: ['worker-1'] })
  expect(await app.beat('worker-1')).toMatchObject({ service_key: 'worker' })
})

test('each heartbeat is told with the time at which it came', async () => {
  await app.beat('steady')
  await app.clock.advance(90 * MINUTE)
  expect(await app.beat('steady')).toMatchObject({ timestamp: '2026-11-23T16:30:00.000+03:00' })
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'steady' })
  expect(heartbeats).toMatchObject([
    { at: '2026-11-23T16:30:00.000+03:00', gapSeconds: 5_400 },
    { at: '2026-11-23T15:00:00.000+03:00', gapSeconds: null },
  ])
})

test.each<[name: string, init: RequestInit]>([
  ['JSON', { headers: asJson, body: '{"service_key":"%","metadata":{"version":"1.2","load":[0.5,null]}}' }],
  [
    'a form',
    { headers: asForm, body: `service_key=%&metadata=${encodeURIComponent('{"version":"1.2","load":[0.5,null]}')}` },
  ],
])('metadata in %s is remembered with the heartbeat, and the newest with the service', async (name, init) => {
  const serviceKey = `metadata in ${name}`
  const body = String(init.body).replace('%', serviceKey)
  const metadata = { version: '1.2', load: [0.5, null] }
  expect((await app.fetch('/heartbeat', { method: 'POST', ...init, body })).status).toBe(200)
  await app.clock.advance(MINUTE)
  await app.beat(serviceKey)

  expect(await app.api.services.get.query({ serviceKey })).toMatchObject({ lastMetadata: metadata, metadata: null })
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey })
  expect(heartbeats.map(({ kind, details }) => ({ kind, details }))).toEqual([
    { kind: 'heartbeat', details: null },
    { kind: 'heartbeat', details: { metadata } },
  ])
})

test('metadata survives whatever text it holds', async () => {
  const metadata = { '"\\': "'; drop table services; --", '☕': '\\u0000', constructor: { '': '\u2028😀' } }
  await app.api.heartbeat.mutate({ serviceKey: 'odd metadata', metadata })
  const { lastMetadata } = await app.api.services.get.query({ serviceKey: 'odd metadata' })
  expect(lastMetadata).toEqual(metadata)
})
