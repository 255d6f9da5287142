import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { SECOND } from '../helpers/clock.ts'

/** Gaps of one second, two seconds, and so on, so that each gap is unique. */
const gapAt = (beat: number) => beat * SECOND

test('the newest 50 gaps are remembered, in order, however the heartbeats came together', async () => {
  const app = await startTestApp()
  await app.beat('worker')
  for (let beat = 1; beat <= 70; beat++) {
    await app.clock.advance(gapAt(beat))
    await app.beat('worker')
  }
  const { gapsSeconds, cadenceSeconds } = await app.api.explain.query({ serviceKey: 'worker' })
  expect(gapsSeconds).toEqual(Array.from({ length: 50 }, (_, index) => 70 - index))
  expect(cadenceSeconds).toBe(45.5)
})

test('many heartbeats of one service in one batch teach the same as one by one', async () => {
  const app = await startTestApp()
  await app.beat('worker')
  const answers: Promise<unknown>[] = []
  for (let beat = 1; beat <= 120; beat++) {
    app.clock.jump(10)
    answers.push(app.fetch('/heartbeat/worker', { method: 'POST' }).then((response) => response.text()))
  }
  await Promise.all(answers)
  const { gapsSeconds, service } = await app.api.explain.query({ serviceKey: 'worker' })
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker', limit: 1_000 })
  expect(service.heartbeatCount).toBe(121)
  const taught = heartbeats.map(({ gapSeconds }) => gapSeconds).filter((gap) => gap)
  expect(gapsSeconds).toEqual(taught.slice(0, 50))
})
