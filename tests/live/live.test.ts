import { afterAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { watchEvents } from '../helpers/events.ts'
import { beatAll } from '../helpers/rhythm.ts'

/** Longer than the pause between two looks for changes. */
const A_LOOK = SECOND

describe('on one server', async () => {
  const app = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })

  test('whoever watches sees a service appear, and each heartbeat with its gap', async () => {
    const events = await watchEvents(app, 'onHeartbeat')
    await app.beat('api')
    await app.clock.advance(A_LOOK)
    expect((await events.next()).data).toMatchObject({
      serviceKey: 'api',
      service: { displayName: 'Api', status: 'unknown', heartbeatCount: 1 },
      strip: { gapsSeconds: [], limitSeconds: null },
    })
    for (const gap of [60, 90, 60]) {
      await app.clock.advance(gap * SECOND)
      await app.beat('api')
      await app.clock.advance(A_LOOK)
      expect((await events.next()).data.strip?.gapsSeconds[0]).toBe(gap + 1)
    }
    const { services } = await app.api.status.query({ serviceKey: 'api' })
    expect(services[0]).toMatchObject({ status: 'alive', heartbeatCount: 4 })
  })

  test('many heartbeats of one moment are one event, with the newest', async () => {
    const events = await watchEvents(app, 'onHeartbeat')
    for (let beat = 0; beat < 20; beat++) await app.beat('busy')
    await app.beat('other')
    await app.clock.advance(A_LOOK)
    expect((await events.next()).data).toMatchObject({ serviceKey: 'busy', service: { heartbeatCount: 20 } })
    expect((await events.next()).data).toMatchObject({ serviceKey: 'other' })
  })

  test('a change of settings, a pause and a removal are seen by those who look on', async () => {
    await app.beat('api')
    const events = await watchEvents(app, 'onHeartbeat')
    const change = async (made: Promise<unknown>) => {
      await made
      await app.clock.advance(A_LOOK)
      return (await events.next()).data
    }
    const { services } = app.api
    expect(
      await change(services.configure.mutate({ serviceKey: 'api', displayName: 'The API', group: 'home' })),
    ).toMatchObject({ service: { displayName: 'The API', group: 'home' } })
    expect(await change(services.pause.mutate({ serviceKey: 'api' }))).toMatchObject({ service: { paused: true } })
    expect(await change(services.remove.mutate({ serviceKey: 'api' }))).toEqual({
      serviceKey: 'api',
      service: null,
      strip: null,
    })
  })

  test('who waits for one service hears of no other, also before it exists', async () => {
    const events = await watchEvents(app, 'onHeartbeat', { input: { serviceKey: 'awaited' } })
    await app.beat('other')
    await app.clock.advance(A_LOOK)
    await app.beat('awaited')
    await app.clock.advance(A_LOOK)
    expect((await events.next()).data.serviceKey).toBe('awaited')
  })

  test('going down is told as a transition, and shows on the service', async () => {
    await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 60 })
    await app.beat('worker')
    const transitions = await watchEvents(app, 'onTransition', { input: { serviceKey: 'worker' } })
    const services = await watchEvents(app, 'onHeartbeat', { input: { serviceKey: 'worker' } })
    await app.pass(3 * MINUTE)
    await app.clock.advance(A_LOOK)
    const { id, data } = await transitions.next()
    expect(data).toEqual((await app.api.history.query({ serviceKey: 'worker', limit: 1 })).transitions[0])
    expect(id).toBe(String(data.id))
    expect((await services.next()).data.service?.status).toBe('down')
  })

  test('who was away sees first which services were heard meanwhile', async () => {
    await app.beat('early')
    await app.clock.advance(MINUTE)
    const lastEventId = String(app.clock.now())
    await app.beat('late')
    const events = await watchEvents(app, 'onHeartbeat', { headers: { 'Last-Event-ID': lastEventId } })
    expect((await events.next()).data.serviceKey).toBe('late')
  })

  test('an unknown last event id begins with the newest events', async () => {
    await app.beat('job')
    for (const id of ['banana', '-1', '99999999', '1e3']) {
      const events = await watchEvents(app, 'onTransition', { headers: { 'Last-Event-ID': id } })
      await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail' })
      await app.clock.advance(A_LOOK)
      expect((await events.next()).data).toMatchObject({ serviceKey: 'job', to: 'down' })
      await app.beat('job')
      await app.clock.advance(A_LOOK)
    }
  })
})

test('a lost connection costs no transition, also if the server was started anew meanwhile', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home })
  await first.beat('worker')
  const fail = () => first.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
  const events = await watchEvents(first, 'onTransition')
  await fail()
  await first.clock.advance(A_LOOK)
  const seen = await events.next()
  expect(seen.data).toMatchObject({ from: 'unknown', to: 'down' })
  events.leave()
  await first.beat('worker')
  await fail()
  await first.stop()

  const second = await startTestApp({ beside: home, clock: first.clock })
  await second.beat('worker')
  const again = await watchEvents(second, 'onTransition', { headers: { 'Last-Event-ID': seen.id ?? '' } })
  for (const to of ['alive', 'down', 'alive']) expect((await again.next()).data).toMatchObject({ to })
  await second.stop()
  await home.drop()
})

test('however many come back together, each sees all that it missed', async () => {
  const app = await startTestApp()
  const early = Array.from({ length: 120 }, (_, n) => `early-${n}`)
  const late = Array.from({ length: 130 }, (_, n) => `late-${n}`)
  await beatAll(app, early)
  await app.clock.advance(MINUTE)
  const since = app.clock.now()
  await beatAll(app, late)
  const missedBy = async (lastEventId: string, count: number) => {
    const events = await watchEvents(app, 'onHeartbeat', { headers: { 'Last-Event-ID': lastEventId } })
    const keys: string[] = []
    while (keys.length < count) keys.push((await events.next()).data.serviceKey)
    return keys.sort()
  }
  const [long, short] = [() => missedBy('1', 250), () => missedBy(String(since), 130)]
  const seen = await Promise.all([long(), short(), long(), short(), ...Array.from({ length: 16 }, long)])
  expect(seen.filter((keys) => keys.length === 130)).toEqual([late.sort(), late.sort()])
  expect(seen.filter((keys) => keys.length === 250)).toEqual(Array(18).fill([...early, ...late].sort()))
  const one = await watchEvents(app, 'onHeartbeat', {
    input: { serviceKey: 'early-7' },
    headers: { 'Last-Event-ID': '1' },
  })
  expect((await one.next()).data.serviceKey).toBe('early-7')
})

test('a stop breaks the line at once, and does not tell the page that all has been said', async () => {
  const app = await startTestApp()
  const events = await watchEvents(app, 'onHeartbeat')
  await app.stop()
  expect((await events.rest()).map(({ event }) => event)).not.toContain('return')
})

test('more streams than a caller may have are refused, and one that leaves makes room', async () => {
  const app = await startTestApp({ limits: { streamsPerCaller: 2 } })
  const first = await watchEvents(app, 'onHeartbeat')
  await watchEvents(app, 'onTransition')
  const ask = async () => (await app.fetch('/trpc/onHeartbeat', { headers: { Accept: 'text/event-stream' } })).text()
  expect(await ask()).toContain('2 streams of events are open already from this address; close some, or ask status')
  first.leave()
  const isLetIn = async () => {
    const events = await watchEvents(app, 'onHeartbeat')
    await app.beat('worker')
    await app.clock.advance(A_LOOK)
    return events.next().then(
      () => true,
      () => false,
    )
  }
  await expect.poll(isLetIn).toBe(true)
})

test('more streams than the server holds are refused, and heartbeats still come in', async () => {
  const app = await startTestApp({ limits: { streams: 2 } })
  const first = await watchEvents(app, 'onHeartbeat')
  await watchEvents(app, 'onTransition')
  const refused = await app.fetch('/trpc/onHeartbeat', { headers: { Accept: 'text/event-stream' } })
  expect(await refused.text()).toContain('2 streams of events are open already; close some')
  await app.beat('worker')
  await app.clock.advance(A_LOOK)
  expect((await first.next()).data).toMatchObject({ serviceKey: 'worker' })
})
