import { describe, expect, test } from 'vitest'
import { condense, MOST_AN_HOUR, type TransitionWrite } from '../../db/condense.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { textsOf } from '../helpers/told.ts'

const signal = (app: TestApp, kind: 'fail' | 'success') => app.api.signal.mutate({ serviceKey: 'job', kind })

async function startWithJob(): Promise<TestApp> {
  const app = await startTestApp({ env: { ALERT_GROUP_SECONDS: '0' } })
  await app.api.services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 86_400 })
  await signal(app, 'success')
  return app
}

async function flap(app: TestApp, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await signal(app, 'fail')
    app.clock.jump(SECOND)
    await signal(app, 'success')
    app.clock.jump(SECOND)
  }
  await app.live(MINUTE)
}

const countOf = async (app: TestApp, table: 'transitions' | 'incidents' | 'alerts') =>
  (await app.database.db.selectFrom(table).selectAll().execute()).length

test('a service that goes down without end fills neither history nor alerts, and loses nothing of what is told', {
  timeout: 180_000,
}, async () => {
  const app = await startWithJob()
  await flap(app, 10)
  const told = textsOf(app.told)
  await flap(app, 190)
  expect(textsOf(app.told)).toEqual(told)

  const { transitions } = await app.api.history.query({ serviceKey: 'job', limit: 1_000 })
  expect(transitions).toHaveLength(MOST_AN_HOUR)
  const listed = transitions.reduce((sum, { condensed }) => sum + 1 + condensed, 0)
  expect(listed).toBe(1 + 2 * 200)
  const [newest] = transitions
  const { services } = await app.api.status.query({ serviceKey: 'job' })
  expect(newest).toMatchObject({ to: 'alive', reason: 'heartbeat', at: services[0]?.statusSince })
  for (const [index, { from }] of transitions.slice(0, -1).entries()) expect(from).toBe(transitions[index + 1]?.to)

  expect(await countOf(app, 'incidents')).toBeLessThanOrEqual(61)
  expect(await countOf(app, 'alerts')).toBeLessThan(140)
  const { flapping, wasDown } = await app.api.summary.query()
  expect(flapping).toMatchObject([{ incidents: 200 }])
  expect(wasDown).toMatchObject([{ incidents: 200 }])

  await signal(app, 'fail')
  const down = await app.api.history.query({ serviceKey: 'job', limit: 1 })
  expect(down.transitions).toMatchObject([{ to: 'down', reason: 'fail' }])
  await app.live(31 * MINUTE)
  await signal(app, 'success')
  await app.live(HOUR)
  expect(app.told.length).toBeGreaterThan(told.length)
  expect(textsOf(app.told.slice(told.length)).join('\n')).toMatch(/down/)

  // A new hour has room again, and the days have every incident.
  await flap(app, 1)
  expect((await app.api.history.query({ serviceKey: 'job', limit: 2 })).transitions).toMatchObject([
    { to: 'alive', condensed: 0 },
    { to: 'down', condensed: 0 },
  ])
  await app.live(12 * HOUR)
  const { days } = await app.api.days.query({ serviceKey: 'job' })
  expect(days).toMatchObject([{ incidents: 202 }])
})

test('pauses one after the other are stored as one', async () => {
  const app = await startWithJob()
  for (let time = 0; time < 30; time++) {
    await app.api.services.pause.mutate({ serviceKey: 'job' })
    app.clock.jump(SECOND)
    await app.api.services.resume.mutate({ serviceKey: 'job' })
    app.clock.jump(SECOND)
  }
  const pauses = await app.database.db.selectFrom('pauses').selectAll().execute()
  expect(pauses.map(({ from_at, to_at }) => Number(to_at) - Number(from_at))).toEqual([59 * SECOND])
})

describe('what is stored of many transitions', () => {
  const NOW = 1_000 * HOUR
  const flips = (count: number, at = (index: number) => NOW + index): TransitionWrite[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ serviceId: 1, reason: 'fail', at: at(index) },
      ...(index % 2 === 0 ? { from: 'alive', to: 'down' } : { from: 'down', to: 'alive' }),
    }))

  test('all of them, while they are not too many for their hours', () => {
    const { rows, replaces } = condense(
      undefined,
      flips(240, (index) => NOW + index * 30_000),
    )
    expect(replaces).toBe(false)
    expect(rows).toHaveLength(240)
    expect(rows.every(({ condensed }) => condensed === 0)).toBe(true)
  })

  test('the last one stands for what is beyond, in one batch or in many', () => {
    const changes = flips(301)
    const { rows } = condense(undefined, changes)
    let stored: typeof rows = []
    for (const change of changes) {
      const { rows: added, replaces } = condense(stored.at(-1), [change])
      stored = [...(replaces ? stored.slice(0, -1) : stored), ...added]
    }
    expect(stored).toEqual(rows)
    expect(rows).toHaveLength(MOST_AN_HOUR)
    expect(rows.at(-1)).toMatchObject({ from: 'down', to: 'down', at: NOW + 300, condensed: 181, condensedDowns: 90 })
  })

  test('a clock that is set back does not begin a new count', () => {
    const { rows } = condense(undefined, [...flips(100), ...flips(100, (index) => NOW - HOUR + index)])
    expect(rows).toHaveLength(MOST_AN_HOUR)
  })
})
