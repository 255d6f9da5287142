import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR } from '../helpers/clock.ts'

const env = { ALERT_GROUP_SECONDS: '10', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }

const start = () => startTestApp({ env, proofEveryMs: HOUR })

/** Lets services fail. @returns the id of the alert about them */
async function fail(app: TestApp, ...keys: string[]): Promise<string> {
  for (const serviceKey of keys) await app.api.signal.mutate({ serviceKey, kind: 'fail' })
  await app.live(10_000)
  return app.told.at(-1)?.id ?? ''
}

const recover = (app: TestApp, serviceKey: string) => app.api.signal.mutate({ serviceKey, kind: 'success' })

test('an alert can be asked what became of its services', async () => {
  const app = await start()
  await app.api.services.configure.mutate({ serviceKey: 'two', displayName: 'One' })
  const id = await fail(app, 'one', 'two', 'three')
  await recover(app, 'one')
  await app.api.acknowledge.mutate({ serviceKey: 'two', by: 'Ada' })
  await app.api.services.remove.mutate({ serviceKey: 'three' })
  expect(await app.api.alert.query({ id })).toEqual({
    id,
    event: 'down',
    title: '🔴 3 services are down',
    at: '2026-11-23T12:00:10.000+00:00',
    services: [
      { serviceKey: 'one', displayName: 'One (one)', isOver: true, acknowledged: false, acknowledgedBy: null },
      { serviceKey: 'two', displayName: 'One (two)', isOver: false, acknowledged: true, acknowledgedBy: 'Ada' },
    ],
  })
})

test('acknowledging an alert is about what it told, and about nothing that came later', async () => {
  const app = await start()
  const old = await fail(app, 'one', 'two')
  await recover(app, 'one')
  await fail(app, 'one')
  const { services } = await app.api.acknowledgeAlert.mutate({ alertId: old, by: 'Ada' })
  expect(services).toMatchObject([
    { serviceKey: 'one', isOver: true, acknowledged: false },
    { serviceKey: 'two', isOver: false, acknowledged: true, acknowledgedBy: 'Ada' },
  ])
  const { down } = await app.api.summary.query()
  expect(down).toMatchObject([
    { serviceKey: 'two', acknowledged: true },
    { serviceKey: 'one', acknowledged: false },
  ])
})

test('a name may follow, and the first one stays', async () => {
  const app = await start()
  const alertId = await fail(app, 'one', 'two')
  const seenBy = async (by?: string) =>
    (await app.api.acknowledgeAlert.mutate({ alertId, by })).services.map(({ acknowledgedBy }) => acknowledgedBy)
  await app.api.acknowledge.mutate({ serviceKey: 'one', by: 'Ada' })
  expect(await seenBy()).toEqual(['Ada', null])
  expect(await seenBy('Bob')).toEqual(['Ada', 'Bob'])
  expect(await seenBy('Eve')).toEqual(['Ada', 'Bob'])
})

test('muting an alert mutes what is down because of it, by somebody, until a time or the recovery', async () => {
  const app = await start()
  const alertId = await fail(app, 'one', 'two')
  await recover(app, 'one')
  const mutedUntil = '2026-11-23T13:00:00.000+00:00'
  await app.api.muteAlert.mutate({ alertId, mutedUntil, by: 'Ada' })
  const muteOf = async (serviceKey: string) => {
    const settings = await app.api.services.get.query({ serviceKey })
    return [settings.mutedUntil, settings.mutedBy]
  }
  expect(await muteOf('one')).toEqual([null, null])
  expect(await muteOf('two')).toEqual([mutedUntil, 'Ada'])
  await app.api.muteAlert.mutate({ alertId, mutedUntil: 'recovered' })
  expect(await muteOf('two')).toEqual(['recovered', null])
  await app.api.muteAlert.mutate({ alertId, mutedUntil: null })
  expect(await muteOf('two')).toEqual([null, null])
})

test('once all of it is over, an alert changes nothing and says so', async () => {
  const app = await start()
  const alertId = await fail(app, 'one')
  await recover(app, 'one')
  await fail(app, 'one')
  const over = { data: { code: 'CONFLICT' }, message: 'all that this alert told of is over: nothing was changed' }
  await expect(app.api.muteAlert.mutate({ alertId, mutedUntil: 'recovered' })).rejects.toMatchObject(over)
  await expect(app.api.acknowledgeAlert.mutate({ alertId })).rejects.toMatchObject(over)
  expect(await app.api.services.get.query({ serviceKey: 'one' })).toMatchObject({ mutedUntil: null })
})

test('only alerts have ids of alerts', async () => {
  const app = await start()
  const id = await fail(app, 'one')
  const [createdAt, number] = id.split('-').map(Number) as [number, number]
  for (const other of [`${createdAt}-${number + 1}`, `${createdAt + 1}-${number}`, '999999999999999-999999999999999']) {
    await expect(app.api.alert.query({ id: other })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
      message: `no alert "${other}"; its id is in what webhooks get and buttons carry`,
    })
  }
  for (const wrong of ['', 'x', '1-2-3', '1795485746181', "1-2'; drop table alerts"]) {
    await expect(app.api.alert.query({ id: wrong })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } })
  }
})

test('who muted a service is known until somebody else changes the mute', async () => {
  const app = await start()
  const configure = async (settings: { mutedUntil?: string; alertsEnabled?: boolean; mutedBy?: string | null }) =>
    (await app.api.services.configure.mutate({ serviceKey: 'one', ...settings })).mutedBy
  expect(await configure({ mutedUntil: 'recovered', mutedBy: ' Ada ' })).toBe('Ada')
  expect(await configure({})).toBe('Ada')
  expect(await configure({ alertsEnabled: false })).toBeNull()
  expect(await configure({ mutedBy: 'Bob' })).toBe('Bob')
  expect(await configure({ mutedBy: null })).toBeNull()
  await expect(configure({ mutedBy: 'x'.repeat(101) })).rejects.toThrow('mutedBy must have at most 100 characters')
})
