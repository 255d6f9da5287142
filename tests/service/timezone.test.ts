import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { DAY } from '../helpers/clock.ts'

test.each([
  ['PST', 'America/Los_Angeles'],
  ['Mars/Base', 'Europe/Berlin'],
])('a row with the zone %s, which an older version took, is reckoned by %s and breaks nothing', async (old, zone) => {
  const app = await startTestApp({ env: { TIMEZONE: 'Europe/Berlin', DAILY_SUMMARY_TIME: 'off' } })
  const schedule = '0 4 * * *'
  for (const key of ['old', 'new']) {
    await app.api.services.configure.mutate({ serviceKey: key, schedule, timezone: key === 'new' ? zone : null })
    await app.beat(key)
  }
  await app.database.db.updateTable('services').set({ timezone: old }).where('key', '=', 'old').execute()
  await app.beat('old')

  const deadlineOf = async (serviceKey: string) => (await app.api.status.query({ serviceKey })).services[0]?.deadline
  expect(await deadlineOf('old')).toBe(await deadlineOf('new'))
  expect((await app.api.explain.query({ serviceKey: 'old' })).deadline).toBe(await deadlineOf('old'))
  expect((await app.api.services.get.query({ serviceKey: 'old' })).timezone).toBe(old)
  expect((await app.fetch('/status')).status).toBe(200)
  await app.live(2 * DAY)
  const { services } = await app.api.status.query({})
  expect(services.map(({ serviceKey, status }) => `${serviceKey} ${status}`).toSorted()).toEqual([
    'new down',
    'old down',
  ])
  expect(app.told.length).toBeGreaterThan(0)
})

test('an old name of a zone is refused with the one to use, before it is stored', async () => {
  const app = await startTestApp()
  const told = /timezone must be a time zone, and PST is none: use America\/Los_Angeles/
  await expect(app.api.services.configure.mutate({ serviceKey: 'a', timezone: 'PST' })).rejects.toThrow(told)
  const preview = await app.api.schedulePreview.query({ schedule: '0 4 * * *', timezone: 'PST' })
  expect(preview.fault).toMatch(told)
})
