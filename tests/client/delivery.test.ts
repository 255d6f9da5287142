import { expect, onTestFinished, test, vi } from 'vitest'
import { aheartbeat, DeliveryError, heartbeat, setupService } from '../../client/index.ts'
import { startTestApp } from '../helpers/app.ts'
import { refused, silent, startStandIn, taken } from '../helpers/standIn.ts'

/** Collects what is written to the console. */
function listen() {
  const said: string[] = []
  const spies = (['warn', 'info'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((text) => said.push(`${level}: ${text}`)),
  )
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  return said
}

const keysOf = (body: Record<string, { serviceKey: string }>) => Object.values(body).map(({ serviceKey }) => serviceKey)

test('a heartbeat is true once it is stored, with its metadata', async () => {
  const app = await startTestApp()
  expect(await heartbeat('worker', { url: app.url, metadata: { version: '1.2' } })).toBe(true)
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker' })
  expect(heartbeats).toMatchObject([{ kind: 'heartbeat', details: { metadata: { version: '1.2' } } }])
})

test('heartbeats in the same moment are one request, and of one service one heartbeat with the newest metadata', async () => {
  const monitor = await startStandIn()
  const beat = (key: string, version: number) => heartbeat(key, { url: monitor.url, metadata: { version } })
  expect(await Promise.all([beat('a', 1), beat('b', 1), beat('a', 2), beat('c', 1)])).toEqual([true, true, true, true])
  expect(monitor.asked).toHaveLength(1)
  expect(monitor.asked[0]?.path).toBe('/trpc/heartbeat,heartbeat,heartbeat?batch=1')
  expect(Object.values(monitor.asked[0]?.body ?? {})).toEqual([
    { serviceKey: 'a', metadata: { version: 2 } },
    { serviceKey: 'b', metadata: { version: 1 } },
    { serviceKey: 'c', metadata: { version: 1 } },
  ])
})

test('many services with much to say stay below the size that the monitor takes', async () => {
  const app = await startTestApp()
  const services = Array.from({ length: 200 }, (_, index) => `${'ж'.repeat(190)}-${index}`)
  const sent = services.map((key, index) =>
    heartbeat(key, { url: app.url, metadata: { text: '世'.repeat(index % 5 === 0 ? 3_300 : 300) } }),
  )
  expect((await Promise.all(sent)).every(Boolean)).toBe(true)
  expect((await app.api.status.query()).services).toHaveLength(200)
})

test('10,000 heartbeats of one service while the monitor is away are one that waits', async () => {
  const said = listen()
  const monitor = await startStandIn()
  await monitor.stop()
  const first = heartbeat('worker', { url: monitor.url })
  await expect.poll(() => said).toHaveLength(1)
  const outcomes = new Set([first])
  for (let count = 0; count < 10_000; count++) {
    outcomes.add(heartbeat('worker', { url: monitor.url, metadata: { count } }))
    if (count % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(outcomes.size).toBe(1)
  await monitor.start()
  expect(await first).toBe(true)
  expect(monitor.asked.map(({ body }) => body)).toEqual([{ 0: { serviceKey: 'worker', metadata: { count: 9_999 } } }])
})

test('of one service one heartbeat is under way; one that comes meanwhile follows, and replaces it if it fails', async () => {
  listen()
  const monitor = await startStandIn(silent, taken)
  const options = { url: monitor.url, timeoutMs: 200 }
  const older = heartbeat('worker', options)
  await expect.poll(() => monitor.asked).toHaveLength(1)
  const newer = heartbeat('worker', { ...options, metadata: { newer: true } })
  expect(heartbeat('worker', { ...options, metadata: { newest: true } })).toBe(newer)
  expect([await older, await newer]).toEqual([false, true])
  expect(monitor.asked.map(({ body }) => body[0]?.metadata)).toEqual([undefined, { newest: true }])
})

test('a monitor that is away is told once, and its return once; nothing is thrown', async () => {
  const said = listen()
  const monitor = await startStandIn()
  await monitor.stop()
  const errors: Error[] = []
  const url = monitor.url.replace('//', '//user:secret@')
  const options = { url, onError: (error: Error) => errors.push(error) }
  const beats = Promise.all(['a', 'b', 'c'].map((key) => heartbeat(key, options)))
  await expect.poll(() => errors.length, { timeout: 5_000 }).toBeGreaterThan(3)
  await monitor.start()
  expect(await beats).toEqual([true, true, true])
  expect(said).toEqual([
    `warn: stillbeat: the heartbeat of "a" did not reach ${monitor.url}: connect ECONNREFUSED ${monitor.url.slice(7)}; it is tried again, and your program goes on`,
    `info: stillbeat: ${monitor.url} takes heartbeats again`,
  ])
  expect(errors[0]).toBeInstanceOf(DeliveryError)
  expect(monitor.asked[0]?.headers.authorization).toBe(`Basic ${btoa('user:secret')}`)
})

test('a slow monitor is left after the time limit and asked again', async () => {
  const said = listen()
  const monitor = await startStandIn(silent, taken)
  expect(await heartbeat('worker', { url: monitor.url, timeoutMs: 150 })).toBe(true)
  expect(monitor.asked).toHaveLength(2)
  expect(said[0]).toContain('no answer within 0.15 s')
})

test('503 with Retry-After is heeded, then it is delivered', async () => {
  listen()
  const monitor = await startStandIn(refused(503, 'try again', { 'retry-after': '2' }), taken)
  expect(await heartbeat('worker', { url: monitor.url })).toBe(true)
  const [first, second] = monitor.asked
  expect(monitor.asked).toHaveLength(2)
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990)
})

test('a monitor that wants to be left alone for longer than the heartbeat matters is not asked again', async () => {
  listen()
  const monitor = await startStandIn(refused(429, 'too many', { 'retry-after': '300' }))
  expect(await heartbeat('worker', { url: monitor.url })).toBe(false)
  expect(await heartbeat('other', { url: monitor.url })).toBe(false)
  expect(monitor.asked).toHaveLength(1)
})

test('a wrong key is told with its cure, not logged, and not tried again', async () => {
  const said = listen()
  const app = await startTestApp({ env: { API_KEY: 'the-right-key' } })
  const errors: DeliveryError[] = []
  const onError = (error: Error) => errors.push(error as DeliveryError)
  expect(await heartbeat('worker', { url: app.url, key: 'my-wrong-key', onError })).toBe(false)
  expect(await heartbeat('worker', { url: app.url, key: 'my-wrong-key', onError })).toBe(false)
  expect(said).toEqual([
    `warn: stillbeat: ${app.url} did not take the heartbeat of "worker": this key is not valid here (401); set SERVICE_REGISTRY_KEY or the option key to a key of this monitor`,
  ])
  expect(errors.map(({ status, permanent }) => [status, permanent])).toEqual([
    [401, true],
    [401, true],
  ])
  expect(await heartbeat('worker', { url: app.url, key: 'the-right-key' })).toBe(true)
})

test.each([
  ['a key that HTTP cannot carry', { key: 'sec\nret' }, /did not (reach|take)/],
  ['an address that is none', { url: 'nowhere at all' }, /did not take .*set SERVICE_REGISTRY_URL/],
])('%s is told without the key', async (_title, options, sentence) => {
  const said = listen()
  const stop = new AbortController()
  const beat = heartbeat('worker', { ...options, signal: stop.signal })
  await expect.poll(() => said).toHaveLength(1)
  stop.abort()
  expect(await beat).toBe(false)
  expect(said[0]).toMatch(sentence)
  expect(said[0]).not.toMatch(/ret"/)
})

test('another web server in its place is told with the cure', async () => {
  const said = listen()
  const monitor = await startStandIn((response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>'))
  expect(await heartbeat('worker', { url: monitor.url })).toBe(false)
  expect(said[0]).toMatch(/it answered 404 with text\/html \(404\); set SERVICE_REGISTRY_URL/)
})

test('what the monitor refuses or JSON cannot hold does not take the others with it', async () => {
  const said = listen()
  const app = await startTestApp()
  const beats = [
    heartbeat(' ', { url: app.url }),
    heartbeat('big', { url: app.url, metadata: { big: 1n } }),
    heartbeat('good', { url: app.url }),
  ]
  expect(await Promise.all(beats)).toEqual([false, false, true])
  expect(said).toHaveLength(2)
  expect(said.join()).toMatch(/heartbeat of "big": it cannot be written as JSON.*service_key/s)
})

test('onError that throws breaks nothing', async () => {
  listen()
  const app = await startTestApp({ env: { API_KEY: 'the-right-key' } })
  const onError = () => {
    throw new Error('mine')
  }
  expect(await heartbeat('worker', { url: app.url, onError })).toBe(false)
})

test('an abort ends a heartbeat, also one under way; before it, none is sent', async () => {
  const monitor = await startStandIn(silent)
  const stop = new AbortController()
  const beat = heartbeat('worker', { url: monitor.url, signal: stop.signal })
  await expect.poll(() => monitor.asked).toHaveLength(1)
  stop.abort()
  expect(await beat).toBe(false)
  expect(await heartbeat('worker', { url: monitor.url, signal: stop.signal })).toBe(false)
  expect(monitor.asked).toHaveLength(1)
})

test('an abort does not end the heartbeat of somebody else', async () => {
  const monitor = await startStandIn()
  const stop = new AbortController()
  const mine = heartbeat('worker', { url: monitor.url, signal: stop.signal })
  const theirs = heartbeat('worker', { url: monitor.url })
  stop.abort()
  expect([await mine, await theirs]).toEqual([true, true])
})

test('aheartbeat beats now and every period until it is aborted', async () => {
  const monitor = await startStandIn()
  const stop = new AbortController()
  const beating = aheartbeat('worker', { url: monitor.url, periodSeconds: 0.1, signal: stop.signal })
  await expect.poll(() => monitor.asked.length).toBeGreaterThanOrEqual(3)
  stop.abort()
  await beating
  const before = monitor.asked.length
  await heartbeat('other', { url: monitor.url })
  expect(monitor.asked.slice(before).flatMap(({ body }) => keysOf(body))).toEqual(['other'])
  await aheartbeat('worker', { url: monitor.url, signal: stop.signal })
})

test('setupService makes a service and says how it is set; null where it cannot', async () => {
  const said = listen()
  const app = await startTestApp()
  const settings = await setupService(
    'backup',
    { displayName: 'Backup', expectedPeriodSeconds: 3600 },
    { url: app.url },
  )
  expect(settings).toMatchObject({ serviceKey: 'backup', displayName: 'Backup', expectedPeriodSeconds: 3600 })
  expect(await setupService('backup', { timezone: 'Mars' }, { url: app.url })).toBeNull()
  expect(said[0]).toMatch(/the setup of "backup": timezone must be a time zone/)
  await app.stop()
  expect(await setupService('backup', {}, { url: app.url, timeoutMs: 300 })).toBeNull()
})
