import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'
import { describePage, isLive, openPage, rowOf } from '../helpers/page.ts'
import { beatAll, learnFiveMinutes } from '../helpers/rhythm.ts'

const ODD = 'a/b?c#d é 100%'
let app: TestApp

describePage('ways', () => {
  beforeAll(async () => {
    app = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
    await learnFiveMinutes(app, 'api', 'bot', ODD)
    await app.api.services.configure.mutate({ serviceKey: 'bot', group: 'Bots' })
    await app.pass(11 * MINUTE)
    await app.beat('api')
    await beatAll(
      app,
      Array.from({ length: 60 }, (_, index) => `many-${index + 10}`),
    )
  })

  test('without a mouse: from the search to a service, through its settings, and back', async () => {
    const page = await openPage(app)
    await rowOf(page, 'Api').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('many-1')
    await expect.poll(() => page.locator('.row-link').count()).toBe(10)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Many 11', level: 1 }).waitFor()
    // Tab goes to the first element of the view, not of the page.
    await page.keyboard.press('Tab')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Services')
    await page.getByRole('button', { name: 'Remove…' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.goBack()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('many-1')
  })

  test('with Back one is where one was, with Forward too, and a new view begins at its top', async () => {
    const page = await openPage(app)
    await rowOf(page, 'Many 10').waitFor()
    const link = page.getByRole('link', { name: 'Many 50', exact: true })
    await page.evaluate(() => scrollTo(0, 1_500))
    await link.click()
    await page.getByRole('heading', { name: 'Many 50', level: 1 }).waitFor()
    expect(await page.evaluate(() => scrollY)).toBe(0)
    await page.goBack()
    await link.waitFor()
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(1_000)
    await page.goForward()
    await page.getByRole('heading', { name: 'Many 50', level: 1 }).waitFor()
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
  })

  test('each address opens its view, and each view has its title', async () => {
    const page = await openPage(app, `#/service/${encodeURIComponent(ODD)}`, { expected: /404/ })
    const titles = {
      [`#/service/${encodeURIComponent(ODD)}`]: /: down · Stillbeat$/,
      '#/': /^2 down · Stillbeat$/,
      '#/send/my-key': /^Send a heartbeat · Stillbeat$/,
      '#/history?status=down': /^History · Stillbeat$/,
      '#/monitor': /^Monitor · Stillbeat$/,
      '#/service/none': /^none · Stillbeat$/,
      '#/nowhere': /^Stillbeat$/,
    }
    for (const [hash, title] of Object.entries(titles)) {
      await page.goto(`${app.url}/${hash}`)
      await expect.poll(() => page.title(), { message: hash }).toMatch(title)
    }
    await page.getByText('There is nothing at this address.').waitFor()
    await page.goto(`${app.url}/#/send/my-key`)
    await expect.poll(() => page.getByLabel('Key of the service').inputValue()).toBe('my-key')
  })

  test('status, group and order are chosen by hand, and go into the address', async () => {
    const page = await openPage(app)
    await page.getByRole('button', { name: '2 down' }).click()
    await expect.poll(() => page.locator('.row-link').allInnerTexts()).toHaveLength(2)
    await page.getByLabel('Group').selectOption('Bots')
    await expect.poll(() => page.locator('.row-link').allInnerTexts()).toEqual(['Bot'])
    expect(page.url()).toMatch(/#\/\?status=down&group=Bots$/)
    await page.reload()
    await expect.poll(() => page.locator('.row-link').allInnerTexts()).toEqual(['Bot'])
    await page.goto(`${app.url}/#/?search=many-1`)
    await page.getByRole('button', { name: 'Service' }).click()
    await expect.poll(() => page.locator('.row-link').first().innerText()).toBe('Many 19')
    await page.getByRole('columnheader', { name: 'Service' }).and(page.locator('[aria-sort="descending"]')).waitFor()
  })

  test('times are those of the viewer, and with them those of the server', async () => {
    const page = await openPage(app, '#/history?status=down', { timezoneId: 'Asia/Tokyo' })
    const time = page.locator('tbody time').first()
    await expect.poll(() => time.innerText()).toMatch(/\b21:25:\d\d$/)
    expect(await time.getAttribute('title')).toMatch(
      /21:25:\d\d here; 2026-11-23T12:25:\d\d\.\d+(Z|\+00:00) at the server$/,
    )
  })

  test('nothing moves for people who prefer reduced motion', async () => {
    const page = await openPage(app, '#/send', { reducedMotion: 'reduce' })
    await page.locator('.arrival').waitFor()
    const moving = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('*')].some(
          (one) => Number.parseFloat(getComputedStyle(one).transitionDuration) > 0,
        ),
      )
    expect(await moving()).toBe(false)
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    expect(await moving()).toBe(true)
  })

  test('a slow server: says that it is waited for, and shows what comes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const page = await openPage(app, '#/', {
      prepare: (page) =>
        page.route('**/trpc/status*', async (route) => {
          await promise
          await route.continue()
        }),
    })
    await page.getByText('Waiting for the server…').waitFor()
    resolve()
    await rowOf(page, 'Api').waitFor()
    await isLive(page)
  })
})
