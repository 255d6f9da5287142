import { createTRPCClient, httpLink } from '@trpc/client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR } from '../helpers/clock.ts'
import { describePage, isLive, openPage, rowOf } from '../helpers/page.ts'
import { hindrancesOf } from '../helpers/pageAxe.ts'
import { overhangOf } from '../helpers/pageShape.ts'

const KEY = 'correct-horse-battery'
let locked: TestApp
let open: TestApp

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('Key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

describePage('access', () => {
  beforeAll(async () => {
    locked = await startTestApp({ proofEveryMs: HOUR, env: { API_KEY: KEY }, stopAfter: afterAll })
    await locked.fetch(`/heartbeat/worker?key=${KEY}`, { method: 'POST' })
    open = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
    await open.beat('worker')
  })

  test('with a key one signs in and out, and the key stays out of reach of scripts', async () => {
    const page = await openPage(locked, '#/service/worker', { expected: /401/ })
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await hindrancesOf(page)).toEqual([])
    await signIn(page, 'wrong-horse-battery')
    await page.getByRole('alert').getByText('this key is not valid here').waitFor()
    await signIn(page, KEY)
    await page.getByRole('heading', { name: 'Worker', level: 1 }).waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    const reach = await page.evaluate(() => [
      location.href,
      document.cookie,
      ...Object.values({ ...localStorage, ...sessionStorage }),
    ])
    expect(JSON.stringify([reach, cookie])).not.toContain(KEY)
    await page.reload()
    await isLive(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('a session that ends elsewhere ends here too, and signing in goes on where one was', async () => {
    const page = await openPage(locked, '#/', { expected: /401/ })
    await signIn(page, KEY)
    await rowOf(page, 'Worker').waitFor()
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn(page, KEY)
    await page.getByRole('heading', { name: 'History' }).waitFor()
  })

  test('who signs in with a read key sees everything and no controls', async () => {
    const headers = { Authorization: `Bearer ${KEY}` }
    const links = [httpLink({ url: `${locked.url}/trpc`, headers })]
    const owner = createTRPCClient<AppRouter>({ links })
    const { secret, id } = await owner.keys.create.mutate({ name: 'Screen in the hall', scope: 'read' })
    await owner.services.configure.mutate({ serviceKey: 'worker', group: 'Hall' })
    const page = await openPage(locked, '#/service/worker', { expected: /401/ })
    await signIn(page, secret)
    await page.getByRole('heading', { name: 'Up-time' }).waitFor()
    for (const name of ['Pause', 'Save', 'Remove…', 'Acknowledge']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    }
    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.goto(`${locked.url}/#/send`)
    await page.getByLabel('Key of the service').waitFor()
    expect(await page.getByRole('button', { name: 'Send one from here' }).count()).toBe(0)
    await page.goto(`${locked.url}/#/monitor`)
    expect(await page.getByLabel('Hall').isDisabled()).toBe(true)
    expect(await page.getByRole('heading', { name: 'Keys' }).count()).toBe(0)
    await owner.keys.revoke.mutate({ id })
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('the owner makes a key, sees its secret once, and revokes it', async () => {
    const page = await openPage(locked, '#/monitor', { expected: /401/ })
    await signIn(page, KEY)
    await page.getByLabel('Where it is used').fill('Backups')
    await page.getByLabel('Only services whose keys begin with').fill('backup-')
    await page.getByRole('button', { name: 'Make it' }).click()
    const shown = page.getByRole('group', { name: 'Secret of the new key' })
    const secret = (await shown.innerText()).trim()
    const beat = (service: string) => locked.fetch(`/heartbeat/${service}?key=${secret}`, { method: 'POST' })
    expect((await beat('backup-one')).status).toBe(200)
    expect((await beat('other')).status).toBe(403)
    expect(await hindrancesOf(page)).toEqual([])
    await page.reload()
    const row = page.getByRole('row', { name: /Backups/ })
    await row.getByText('ping').waitFor()
    await row.getByText('keys from backup-…').waitFor()
    expect(await shown.count()).toBe(0)
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await overhangOf(page)).toEqual([])
    page.once('dialog', (dialog) => dialog.accept())
    await row.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    expect((await beat('backup-one')).status).toBe(401)
  })

  test('a server of another version: says so, and offers to reload', async () => {
    let loads = 0
    const asOther = (page: Page) => {
      page.on('request', (request) => {
        if (request.isNavigationRequest()) loads++
      })
      return page.route('**/trpc/*monitor*', async (route) => {
        if (loads > 1) return route.continue()
        const answer = await route.fetch()
        const body = (await answer.text()).replace(/"version":"[^"]*"/, '"version":"9.9.9"')
        await route.fulfill({ response: answer, body })
      })
    }
    const page = await openPage(open, '#/', { prepare: asOther })
    await page.getByText(/This page is of version .*, the server of version 9\.9\.9\./).waitFor()
    await page.getByRole('button', { name: 'Reload' }).click()
    await rowOf(page, 'Worker').waitFor()
    await isLive(page)
    expect(await page.getByText('9.9.9').count()).toBe(0)
  })

  test('a server that is away when the page is opened: says so, and shows everything as soon as it answers', async () => {
    let isAway = true
    const asAway = (page: Page) =>
      page.route(/\/(trpc|session)/, (route) => (isAway ? route.abort() : route.continue()))
    const page = await openPage(open, '#/', { prepare: asAway, expected: /ERR_FAILED/ })
    await page.getByText('The server does not answer. Trying again…').waitFor()
    isAway = false
    await rowOf(page, 'Worker').waitFor()
    await isLive(page)
  })

  test('a server with other parts than the page: says so instead of showing nothing', async () => {
    const isReplaced = (page: Page) =>
      page.route(/assets\/view-.*\.js/, (route) => route.fulfill({ status: 404, body: '' }))
    const page = await openPage(open, '#/', { prepare: isReplaced, expected: /404|dynamically imported module/ })
    await page.getByRole('link', { name: 'Monitor' }).click()
    await page.getByText('The server has a newer page than this one.').waitFor()
  })
})
