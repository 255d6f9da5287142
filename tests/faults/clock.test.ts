import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { report } from '../helpers/faultLoad.ts'
import { learnFiveMinutes, transitionsOf } from '../helpers/rhythm.ts'

test.for([
  ['forward', 2 * HOUR],
  ['back', -2 * HOUR],
  ['forward by less than a proof may be late', 8 * SECOND],
  ['back by less than that', -8 * SECOND],
] as const)('a clock that steps %s raises no false alarm, and no later one is missed', async ([way, ms]) => {
  const app = await startTestApp({ env: { CHECK_INTERVAL_SECONDS: '60' }, proofEveryMs: 5 * SECOND })
  await learnFiveMinutes(app, 'worker', 'quiet')
  await app.clock.advance(4 * MINUTE)
  app.clock.jump(ms)
  await app.pass(5 * SECOND)
  let answered = 8
  const beat = async () => {
    await app.beat('worker')
    answered += 1
  }
  for (let beats = 0; beats < 3; beats++) {
    await beat()
    await app.pass(5 * MINUTE)
  }
  const downs = async () => (await transitionsOf(app)).filter((text) => text.includes('→ down'))
  // Only the service that has been silent since before the step is late by now.
  expect(await downs()).toEqual(['quiet: alive → down (silence)'])
  await app.pass(20 * MINUTE)
  expect(await downs()).toEqual(['quiet: alive → down (silence)', 'worker: alive → down (silence)'])
  await beat()
  expect(await transitionsOf(app)).toContain('worker: down → alive (heartbeat)')
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker', limit: 100 })
  const lost = answered - 4 - heartbeats.length
  report(`clock ${way}`, { answered, lost, 'false alarms': 0, missed: 0 })
  expect(lost).toBe(0)
})
