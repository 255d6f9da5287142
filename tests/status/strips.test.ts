import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, SECOND } from '../helpers/clock.ts'

test('the strip has the newest thirty gaps, and the limit beside them', async () => {
  const app = await startTestApp({ proofEveryMs: HOUR })
  await app.beat('worker')
  for (let gap = 1; gap <= 35; gap++) {
    app.clock.jump(gap * SECOND)
    await app.beat('worker')
  }
  await app.api.services.configure.mutate({ serviceKey: 'nightly', group: 'jobs', expectedPeriodSeconds: 60 })

  const { strips, nextCursor } = await app.api.strips.query()
  expect(nextCursor).toBeNull()
  expect(strips).toEqual([
    { serviceKey: 'nightly', gapsSeconds: [], limitSeconds: 120 },
    { serviceKey: 'worker', gapsSeconds: Array.from({ length: 30 }, (_, index) => 35 - index), limitSeconds: 36 },
  ])
  expect((await app.api.strips.query({ group: 'jobs' })).strips).toEqual([strips[0]])

  const first = await app.api.strips.query({ limit: 1 })
  expect(first.strips).toEqual([strips[0]])
  expect(await app.api.strips.query({ limit: 1, cursor: first.nextCursor ?? undefined })).toEqual({
    strips: [strips[1]],
    nextCursor: expect.any(String),
  })
})
