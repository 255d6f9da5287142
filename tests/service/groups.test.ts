import { createTRPCClient, httpLink } from '@trpc/client'
import { afterAll, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const KEY = 'correct-horse'
const app = await startTestApp({ env: { API_KEY: KEY }, proofEveryMs: HOUR, stopAfter: afterAll })
const headers = { Authorization: `Bearer ${KEY}` }
const admin = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${app.url}/trpc`, headers })] })
const anybody = app.api

const beat = (serviceKey: string) =>
  admin.heartbeat.mutate({ serviceKey, metadata: { token: 'only for the one who runs it' } })

test('groups are listed with what they contain', async () => {
  for (const [serviceKey, group] of [
    ['b-secret-key', 'Shop'],
    ['a-secret-key', 'Shop'],
    ['cellar', 'Home'],
  ] as const) {
    await admin.services.configure.mutate({ serviceKey, group, expectedPeriodSeconds: 60 })
    await beat(serviceKey)
  }
  await beat('loner')
  await admin.services.configure.mutate({ serviceKey: 'a-secret-key', displayName: 'Zebra' })
  await admin.services.pause.mutate({ serviceKey: 'b-secret-key' })
  app.clock.jump(3 * MINUTE)
  expect(await admin.groups.list.query()).toEqual({
    groups: [
      { group: 'Home', public: false, counts: { unknown: 0, alive: 0, down: 1, dead: 0, paused: 0 } },
      { group: 'Shop', public: false, counts: { unknown: 0, alive: 1, down: 1, dead: 0, paused: 1 } },
    ],
  })
})

test('a group is shown to nobody without a key until it is switched on, and then without keys and metadata', async () => {
  const nowhere = { message: 'there is no public page of a group by this name', data: { code: 'NOT_FOUND' } }
  for (const group of ['Shop', 'No Such Group']) {
    await expect(anybody.publicGroup.query({ group })).rejects.toMatchObject(nowhere)
  }
  await expect(anybody.groups.configure.mutate({ group: 'Shop', public: true })).rejects.toMatchObject({
    data: { code: 'UNAUTHORIZED' },
  })
  expect(await admin.groups.configure.mutate({ group: 'Shop', public: true })).toMatchObject({ public: true })

  const shown = await anybody.publicGroup.query({ group: 'Shop' })
  expect(shown).toMatchObject({ group: 'Shop', counts: { alive: 1, down: 1, paused: 1 } })
  expect(shown.services.map(({ name, status, paused }) => [name, status, paused])).toEqual([
    ['B Secret Key', 'alive', true],
    ['Zebra', 'down', false],
  ])
  expect(shown.services[1]).toEqual({
    name: 'Zebra',
    status: 'down',
    paused: false,
    statusSince: expect.any(String),
    lastHeartbeat: expect.any(String),
    gapsSeconds: [],
    limitSeconds: 120,
    periods: (await admin.uptime.query({ serviceKey: 'a-secret-key' })).periods,
  })
  expect(JSON.stringify(shown)).not.toMatch(/secret-key|only for the one/)

  await admin.groups.configure.mutate({ group: 'Shop', public: false })
  await expect(anybody.publicGroup.query({ group: 'Shop' })).rejects.toMatchObject(nowhere)
})

test('a group that is public stays listed when its last service has left, and a group without any cannot be opened', async () => {
  await admin.services.configure.mutate({ serviceKey: 'guest', group: 'Hall' })
  await admin.groups.configure.mutate({ group: 'Hall', public: true })
  await admin.services.remove.mutate({ serviceKey: 'guest' })
  const { groups } = await admin.groups.list.query()
  expect(groups.find(({ group }) => group === 'Hall')).toMatchObject({ public: true, counts: { unknown: 0 } })
  await admin.groups.configure.mutate({ group: 'Hall', public: false })
  await expect(admin.groups.configure.mutate({ group: 'Hall', public: true })).rejects.toMatchObject({
    message: 'no service is in a group "Hall"; groups.list names all groups',
  })
})
