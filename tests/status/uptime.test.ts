import { describe, expect, test } from 'vitest'
import type { Status } from '../../db/schema.ts'
import { createUptime } from '../../server/status/uptime.ts'
import { startTestApp } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { outage } from '../helpers/state.ts'

describe('one day, of which is known', () => {
  const now = 10 * DAY
  const from = (hoursAgo: number, status: Status) => ({ at: now - hoursAgo * HOUR, status })
  const away = (fromHoursAgo: number, toHoursAgo: number) => outage(now - fromHoursAgo * HOUR, now - toHoursAgo * HOUR)

  test.each([
    ['nothing', [], [], [0, 0, 24], null],
    ['all of it', [from(100, 'alive')], [], [24, 0, 0], 1],
    ['only what came after the registration', [from(6, 'unknown'), from(4, 'alive')], [], [4, 0, 20], 1],
    ['an incident', [from(30, 'alive'), from(8, 'down'), from(2, 'alive')], [], [18, 6, 0], 0.75],
    ['an incident that is open', [from(30, 'alive'), from(6, 'down')], [], [18, 6, 0], 0.75],
    ['one that ended in death', [from(30, 'alive'), from(12, 'down'), from(6, 'dead')], [], [12, 12, 0], 0.5],
    ['death alone', [from(50, 'dead')], [], [0, 24, 0], 0],
    ['what the monitor saw', [from(30, 'alive'), from(8, 'down')], [away(40, 20), away(4, 0)], [12, 4, 8], 0.75],
    ['nothing, by a monitor that was away', [from(30, 'alive')], [away(30, 0)], [0, 0, 24], null],
  ] as const)('%s', (_name, history, blind, [alive, down, noData], ratio) => {
    const uptime = createUptime(blind, { periodsDays: [1], now })
    for (const status of history) uptime.add(status)
    expect(uptime.periods()).toEqual([
      {
        days: 1,
        aliveSeconds: alive * 3600,
        downSeconds: down * 3600,
        noDataSeconds: noData * 3600,
        ratio,
      },
    ])
  })
})

test('pauses and what was before the registration are no data, also after a heartbeat has ended the pause', async () => {
  const app = await startTestApp({ env: { CHECK_INTERVAL_SECONDS: '3600' }, proofEveryMs: HOUR })
  const { services } = app.api
  await services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 3600 })
  await app.beat('worker')
  await app.clock.advance(3 * HOUR)
  await services.pause.mutate({ serviceKey: 'worker' })
  await app.clock.advance(2 * HOUR)
  await services.resume.mutate({ serviceKey: 'worker' })
  await app.clock.advance(30 * MINUTE)
  await services.pause.mutate({ serviceKey: 'worker', untilHeartbeat: true })
  await app.clock.advance(HOUR)
  await app.beat('worker')
  await app.clock.advance(30 * MINUTE)

  const { periods } = await app.api.uptime.query({ serviceKey: 'worker' })
  expect(periods.map(({ days }) => days)).toEqual([1, 7, 30, 90])
  const known = { aliveSeconds: 2.5 * 3600, downSeconds: 1.5 * 3600, ratio: 0.625 }
  for (const { days, ...rest } of periods) expect(rest).toEqual({ ...known, noDataSeconds: days * 86_400 - 4 * 3600 })
})
