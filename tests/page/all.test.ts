import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'
import { describePage, openPage, rowOf } from '../helpers/page.ts'
import { hindrancesOf } from '../helpers/pageAxe.ts'
import { overhangOf, shiftOf, watchShifts } from '../helpers/pageShape.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const hostile = {
  'script-tag': '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">',
  emoji: '👩‍👩‍👧‍👦'.repeat(18),
  'right-to-left': 'שירות גיבוי לילי \u202Egnp.exe',
  wide: 'W'.repeat(200),
}

/** The address of each view, and what shows that it is complete. */
const views: Record<string, string> = {
  '#/': 'Needs attention',
  '#/?search=nothing+is+like+that': 'Services',
  '#/service/worker': 'Settings',
  '#/service/job': 'Runs',
  '#/service/script-tag': 'Settings',
  '#/service/wide': 'Settings',
  '#/service/emoji': 'Settings',
  '#/service/none': 'No such service',
  '#/send': 'Send a heartbeat',
  '#/history': 'History',
  '#/monitor': 'Public pages',
  '#/public/Shop': 'Shop',
}

const widths = { 'a desk': { width: 1_280, height: 800 }, 'a phone': { width: 390, height: 844 } }

let app: TestApp

describePage('every view', () => {
  beforeAll(async () => {
    app = await startTestApp({ stopAfter: afterAll })
    await learnFiveMinutes(app, 'worker', 'api')
    // An outage of the monitor, so that charts have something to shade.
    app.clock.jump(20 * MINUTE)
    await app.pass(11 * MINUTE)
    await app.beat('worker')
    for (const [serviceKey, displayName] of Object.entries(hostile)) {
      const group = displayName.slice(0, 80).toWellFormed()
      await app.api.services.configure.mutate({ serviceKey, displayName, group })
    }
    const metadata = { html: '<b>bold</b>', long: 'x'.repeat(5_000) }
    await app.api.heartbeat.mutate({ serviceKey: 'script-tag', metadata })
    await app.api.heartbeat.mutate({ serviceKey: `'"><svg onload=alert(1)>` })
    await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', message: 'disk full', output: 'log' })
    await app.api.services.configure.mutate({ serviceKey: 'worker', group: 'Shop', schedule: '30 2 * * *' })
    await app.api.groups.configure.mutate({ group: 'Shop', public: true })
    await app.settled()
  })

  test.for(Object.entries(widths))(
    'on %s nothing hinders, overhangs or jumps, in light and in dark',
    async ([, viewport]) => {
      const found: string[] = []
      const page = await openPage(app, '#/', { viewport, prepare: watchShifts, expected: /404/ })
      for (const [hash, heading] of Object.entries(views)) {
        await page.emulateMedia({ colorScheme: 'light' })
        const before = await shiftOf(page)
        await page.goto(`${app.url}/${hash}`)
        await page.getByRole('heading', { name: heading }).first().waitFor()
        await page.waitForFunction(() => !document.querySelector('.waiting'))
        const shift = (await shiftOf(page)) - before
        if (shift > 0.05) found.push(`${hash}: moved by ${shift}`)
        found.push(...(await overhangOf(page)).map((one) => `${hash}: too wide: ${one}`))
        found.push(...(await hindrancesOf(page)).map((one) => `${hash} in light: ${one}`))
        await page.emulateMedia({ colorScheme: 'dark' })
        const inDark = await hindrancesOf(page, 'color-contrast', 'link-in-text-block')
        found.push(...inDark.map((one) => `${hash} in dark: ${one}`))
      }
      expect(found).toEqual([])
    },
  )

  test('whatever services are called and carry is text', async () => {
    const page = await openPage(app)
    await rowOf(page, hostile['script-tag']).waitFor()
    await rowOf(page, hostile.wide).waitFor()
    await page.goto(`${app.url}/#/service/script-tag`)
    await page.getByText('Newest heartbeats').click()
    await page.locator('summary').filter({ hasText: '{"metadata"' }).click()
    await page.locator('pre').getByText('"<b>bold</b>"').waitFor()
    expect(await page.title()).toBe(`${hostile['script-tag']}: unknown · Stillbeat`)
    expect(await page.locator('b').count()).toBe(0)
  })
})
