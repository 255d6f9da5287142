import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { textsOf } from '../helpers/told.ts'

/** Starts an app with a job that is due once a day, so that it goes down only by its own signal. */
async function startWithJob(): Promise<TestApp> {
  const app = await startTestApp({ env: { ALERT_GROUP_SECONDS: '0' } })
  await app.api.services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 86_400 })
  return app
}

const fail = (app: TestApp) => app.api.signal.mutate({ serviceKey: 'job', kind: 'fail' })
const succeed = (app: TestApp) => app.api.signal.mutate({ serviceKey: 'job', kind: 'success' })

/** Lets the job go down for a minute and recover for a minute, `times` times. */
async function flap(app: TestApp, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await fail(app)
    await app.live(MINUTE)
    await succeed(app)
    await app.live(MINUTE)
  }
}

const titles = (app: TestApp) => app.told.map(({ title }) => title)

test('the fifth incident within an hour is told as flapping, and those after it are not told', async () => {
  const app = await startWithJob()
  await flap(app, 8)
  expect(titles(app)).toMatchInlineSnapshot(`
    [
      "🔴 Job is down",
      "🟢 Job is alive again",
      "🔴 Job is down",
      "🟢 Job is alive again",
      "🔴 Job is down",
      "🟢 Job is alive again",
      "🔴 Job is down",
      "🟢 Job is alive again",
      "🔴 Job is down and is flapping",
    ]
  `)
  expect(textsOf(app.told).at(-1)).toMatchInlineSnapshot(`
    "🔴 Job is down and is flapping
    failed at 12:08; it is flapping (5 incidents within an hour), so you hear of it again only if it stays down for 30 minutes"
  `)
  expect((await app.api.summary.query()).flapping).toEqual([{ serviceKey: 'job', displayName: 'Job', incidents: 8 }])
})

test('a flapping service that then stays down is told once it has been so for thirty minutes, and its recovery too', async () => {
  const app = await startWithJob()
  await flap(app, 6)
  const before = app.told.length
  await fail(app)
  await app.live(30 * MINUTE - SECOND)
  expect(app.told).toHaveLength(before)
  await app.live(2 * SECOND)
  await succeed(app)
  await app.live(MINUTE)
  expect(titles(app).slice(before)).toEqual(['🔁 Job was flapping', '🔴 Job is down', '🟢 Job is alive again'])
})

test('after thirty steady minutes a service is normal again', async () => {
  const app = await startWithJob()
  await flap(app, 6)
  const before = app.told.length
  await app.live(30 * MINUTE)
  expect(textsOf(app.told).slice(before)).toEqual([
    '🟢 Job is alive again\nwas flapping, and has been steady for 30 minutes',
  ])
  await flap(app, 1)
  expect(titles(app).slice(before + 1)).toEqual(['🔴 Job is down', '🟢 Job is alive again'])
})

test('four incidents within an hour are four alerts and four recoveries', async () => {
  const app = await startWithJob()
  await flap(app, 4)
  await app.live(60 * MINUTE)
  await flap(app, 4)
  expect(titles(app)).toHaveLength(16)
})

test('the incident that was told as flapping is told again if it stays down', async () => {
  const app = await startWithJob()
  await flap(app, 4)
  await fail(app)
  await app.live(29 * MINUTE)
  expect(titles(app).at(-1)).toBe('🔴 Job is down and is flapping')
  await app.live(2 * MINUTE)
  await succeed(app)
  await app.live(MINUTE)
  expect(titles(app).slice(-2)).toEqual(['🔴 Job is down', '🟢 Job is alive again'])
})
