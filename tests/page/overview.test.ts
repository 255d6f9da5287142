import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { beatSeen, describePage, forgetAll, isLive, openPage, rowOf } from '../helpers/page.ts'
import { hindrancesOf } from '../helpers/pageAxe.ts'
import { countDrawnRows, drawnRows } from '../helpers/pageDrawn.ts'
import { freePort } from '../helpers/port.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

let app: TestApp

describePage('the overview', () => {
  beforeAll(async () => {
    app = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
  })

  beforeEach(() => forgetAll(app))

  test('says how to send a first heartbeat, and the service appears by itself', async () => {
    const page = await openPage(app, '#/', { viewport: { width: 390, height: 844 } })
    await page.getByRole('heading', { name: 'No services yet' }).waitFor()
    await isLive(page)
    expect(await hindrancesOf(page)).toEqual([])
    await beatSeen(app, 'nightly-backup')
    await rowOf(page, 'Nightly Backup').getByText('3 more heartbeats to learn').waitFor()
  })

  test('says of a declared schedule when it is due next, and of a failed first run what it takes to learn', async () => {
    const cron = { schedule: '0 3 * * *', timezone: 'Europe/Berlin' }
    await app.api.services.configure.mutate({ serviceKey: 'backup', ...cron })
    await app.api.services.configure.mutate({ serviceKey: 'poller', expectedPeriodSeconds: 300 })
    await app.api.signal.mutate({ serviceKey: 'import', kind: 'fail' })
    const page = await openPage(app)
    await isLive(page)
    await rowOf(page, 'Backup')
      .getByText(/^daily 03:00 Berlin, next in \d+ (h|min)/)
      .waitFor()
    await rowOf(page, 'Poller').getByText('every 5 min', { exact: true }).waitFor()
    await rowOf(page, 'Import').getByText('4 more heartbeats to learn').waitFor()
    expect(await page.getByText(/never|by schedule/).count()).toBe(0)
    const one = await openPage(app, '#/service/backup')
    await one.getByText(/^daily 03:00 Berlin, next in /).waitFor()
  })

  test('a heartbeat is seen as it arrives, and draws its row alone', async () => {
    const keys = ['api', 'bot', 'cron', 'door', 'export', 'feed']
    await learnFiveMinutes(app, ...keys)
    const page = await openPage(app, '#/', { prepare: countDrawnRows })
    await isLive(page)
    await rowOf(page, 'Cron').getByText('every 5 min').waitFor()
    await app.clock.advance(4 * MINUTE)
    await beatSeen(app, 'door')
    await rowOf(page, 'Door').getByRole('img', { name: 'newest 4 gaps: all in time' }).waitFor()
    await drawnRows(page)
    await app.clock.advance(4 * MINUTE)
    await beatSeen(app, 'cron')
    await rowOf(page, 'Cron').getByRole('img', { name: 'newest 4 gaps: 1 late' }).waitFor()
    expect(await drawnRows(page)).toEqual(['cron'])
    await rowOf(page, 'Cron')
      .getByText(/^(just now|. seconds? ago)$/)
      .waitFor()
  })

  test('what goes down is seen on top at once, in shape and words, and is gone from there when it is back', async () => {
    await learnFiveMinutes(app, 'api', 'worker')
    const page = await openPage(app)
    await isLive(page)
    await app.clock.advance(9 * MINUTE)
    await beatSeen(app, 'api')
    await app.pass(2 * MINUTE)
    await app.clock.advance(SECOND)
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.waitForFunction(() => document.title === '1 down · Stillbeat')
    const rows = page.locator('.line')
    expect(await rows.nth(1).innerText()).toMatch(/down\s+Worker/)
    expect(await rows.nth(1).locator('.shape.status-down').count()).toBe(1)
    expect(await page.getByRole('button', { name: '1 down' }).count()).toBe(1)
    await beatSeen(app, 'worker')
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.title === 'Stillbeat')
  })

  test('a lost connection is told with the time of the last news, and heals by itself', async () => {
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const port = String(await freePort())
    const first = await startTestApp({ proofEveryMs: HOUR, beside: database, env: { PORT: port } })
    await learnFiveMinutes(first, 'api')
    const page = await openPage(first, '#/', { expected: /ERR_|Failed to load resource/ })
    await isLive(page)
    await first.stop()
    await page.getByText(/Connection lost, last news \d\d:\d\d/).waitFor()
    expect(await rowOf(page, 'Api').count()).toBe(1)
    const second = await startTestApp({ proofEveryMs: HOUR, beside: database, env: { PORT: port }, clock: first.clock })
    // The page is not connected, so it gets no event of the removal.
    await second.api.services.remove.mutate({ serviceKey: 'api' })
    await isLive(page)
    expect(await page.getByText('Connection lost').count()).toBe(0)
    await rowOf(page, 'Api').waitFor({ state: 'detached' })
    await beatSeen(second, 'newcomer')
    await rowOf(page, 'Newcomer').waitFor()
  })

  test('searches, filters and orders, by mouse, by keys and by address', async () => {
    await learnFiveMinutes(app, 'api', 'bot')
    await app.beat('cron')
    await app.api.services.configure.mutate({ serviceKey: 'bot', group: 'Bots' })
    const page = await openPage(app)
    const names = page.locator('.row-link')
    await page.getByRole('heading', { name: 'Bots' }).waitFor()
    expect(await names.allInnerTexts()).toEqual(['Bot', 'Api', 'Cron'])
    await page.keyboard.press('/')
    await page.keyboard.type('api')
    await expect.poll(() => names.allInnerTexts()).toEqual(['Api'])
    expect(page.url()).toContain('#/?search=api')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '1 unknown' }).click()
    await expect.poll(() => names.allInnerTexts()).toEqual(['Cron'])
    await page.goto(`${app.url}/#/?order=status`)
    await expect.poll(() => names.allInnerTexts()).toEqual(['Cron', 'Api', 'Bot'])
    await names.first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Api', level: 1 }).waitFor()
    await page.goto(`${app.url}/#/?group=Bots`)
    await expect.poll(() => names.allInnerTexts()).toEqual(['Bot'])
  })
})
