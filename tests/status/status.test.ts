import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { beatAll } from '../helpers/rhythm.ts'

async function register(app: TestApp, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, number) => `svc-${String(number).padStart(5, '0')}`)
  await beatAll(app, keys)
  return keys
}

test('pages follow each other in the order of keys and leave nobody out', async () => {
  const app = await startTestApp()
  const keys = await register(app, 25)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await app.api.status.query({ limit: 10, cursor })
    expect(page.counts.unknown).toBe(25)
    seen.push(...page.services.map(({ serviceKey }) => serviceKey))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(keys)
})

test('GET /status names every service however many there are', async () => {
  const app = await startTestApp()
  const keys = await register(app, 2_300)
  const answer = (await (await app.fetch('/status')).json()) as { services: { service_key: string }[]; counts: object }
  expect(answer.services.map(({ service_key }) => service_key)).toEqual(keys)
  expect(answer).toMatchObject({ counts: { unknown: 2_300 }, next_cursor: null })

  const page = (await (await app.fetch('/status?limit=3')).json()) as { services: object[]; next_cursor: string }
  expect(page.services).toHaveLength(3)
  const next = await (await app.fetch(`/status?limit=1&cursor=${page.next_cursor}`)).json()
  expect(next).toMatchObject({ services: [{ service_key: keys[3] }] })
})

test('filters by group and status go together', async () => {
  const app = await startTestApp()
  await register(app, 3)
  await app.api.services.configure.mutate({ serviceKey: 'svc-00001', group: 'home', expectedPeriodSeconds: 60 })
  const ask = async (query: string) =>
    ((await (await app.fetch(`/status?${query}`)).json()) as { services: { service_key: string }[] }).services.map(
      ({ service_key }) => service_key,
    )
  expect(await ask('group=home')).toEqual(['svc-00001'])
  expect(await ask('status=alive')).toEqual(['svc-00001'])
  expect(await ask('status=unknown,dead')).toEqual(['svc-00000', 'svc-00002'])
  expect(await ask('group=home&status=unknown')).toEqual([])
  expect(await ask('service_key=svc-00002')).toEqual(['svc-00002'])
})

test('a service is shown the same through every door', async () => {
  const app = await startTestApp({ env: { TIMEZONE: 'Asia/Kolkata' } })
  for (let beat = 0; beat < 4; beat++) {
    await app.clock.advance(90_000)
    await app.beat('api')
  }
  await app.clock.advance(61_000)
  const { services } = await app.api.status.query()
  expect(services).toEqual([
    {
      serviceKey: 'api',
      displayName: 'Api',
      group: null,
      status: 'alive',
      paused: false,
      muted: false,
      lastHeartbeat: '2026-11-23T17:36:00.000+05:30',
      secondsSinceLastHeartbeat: 61,
      lastHeartbeatReadable: '1 minute ago',
      medianIntervalSeconds: 90,
      heartbeatCount: 4,
      statusSince: '2026-11-23T17:36:00.000+05:30',
      deadline: '2026-11-23T17:39:00.000+05:30',
      heartbeatsNeeded: 0,
    },
  ])
  const raw = (await (await app.fetch('/status?service_key=api')).json()) as { services: object[] }
  expect(raw.services).toEqual([
    Object.fromEntries(
      Object.entries(services[0] ?? {}).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ]),
    ),
  ])
  expect((await app.api.explain.query({ serviceKey: 'api' })).service).toEqual(services[0])
})
