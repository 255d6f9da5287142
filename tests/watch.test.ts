import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from './helpers/app.ts'
import { MINUTE } from './helpers/clock.ts'

/** Four heartbeats, five minutes apart: the rhythm is known. */
async function learn(app: TestApp, key: string): Promise<void> {
  for (let beat = 0; beat < 4; beat++) {
    if (beat > 0) await app.clock.advance(5 * MINUTE)
    await app.beat(key)
  }
}

test('a service that misses its deadline is down, once, from the deadline on', async () => {
  const app = await startTestApp()
  await learn(app, 'worker')
  const lastBeat = app.clock.now()
  await app.pass(10 * MINUTE)
  expect((await app.api.status.query({ serviceKey: 'worker' })).services[0]?.status).toBe('alive')
  await app.pass(1 * MINUTE)

  const { services, counts } = await app.api.status.query()
  expect(services[0]).toMatchObject({ status: 'down', deadline: null })
  expect(Date.parse(services[0]?.statusSince ?? '')).toBe(lastBeat + 10 * MINUTE)
  expect(counts).toEqual({ unknown: 0, alive: 0, down: 1, dead: 0, paused: 0 })
  await app.pass(5 * MINUTE)
  const { transitions } = await app.api.history.query()
  expect(transitions.map(({ from, to, reason }) => `${from} → ${to}: ${reason}`)).toEqual([
    'alive → down: silence',
    'unknown → alive: learned',
  ])
})
