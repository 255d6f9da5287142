import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'
import type { TestApp } from './app.ts'
import { SECOND } from './clock.ts'
import { onPostgres } from './database.ts'

const { CHROMIUM } = process.env

const quiet =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

/** Longer than the server's pause between two looks for changes. */
const A_LOOK = SECOND

let browser: Browser

/** Tests in a browser. They are skipped without CHROMIUM, and on PostgreSQL, which makes no difference to them. */
export function describePage(name: string, stories: () => void): void {
  if (!CHROMIUM && !onPostgres) process.stderr.write(`page: skipped "${name}"; CHROMIUM names no browser\n`)
  describe.skipIf(!CHROMIUM || onPostgres)(name, () => {
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: String(CHROMIUM), args: quiet.split(' ') })
    })
    afterAll(async () => {
      process.stderr.write(`page: "${name}" was seen in Chromium ${browser.version()}\n`)
      await browser.close()
    })
    stories()
  })
}

export interface Shown extends BrowserContextOptions {
  /** Matches errors that the test expects, such as a server that is away. */
  expected?: RegExp
  /** Runs before the page is loaded. */
  prepare?: (page: Page) => Promise<unknown>
}

/** Opens a view in a new browser context. The test fails on errors or warnings, and on requests to any other server. */
export async function openPage(app: { url: string }, hash = '#/', options: Shown = {}): Promise<Page> {
  const { expected, prepare, ...context } = options
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...context,
  })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url)) complaints.push(`asked ${request.url()}`)
  })
  onTestFinished(async () => {
    await page.context().close()
    expect(complaints.filter((complaint) => !expected?.test(complaint))).toEqual([])
  })
  await prepare?.(page)
  await page.goto(`${app.url}/${hash}`)
  return page
}

/** Sends a heartbeat of each service, and moves the clock on until the page hears of it. */
export async function beatSeen(app: TestApp, ...keys: string[]): Promise<void> {
  await Promise.all(keys.map((key) => app.beat(key)))
  await app.clock.advance(A_LOOK)
}

/** Removes all services, for the next test. */
export async function forgetAll(app: TestApp): Promise<void> {
  const { services } = await app.api.status.query()
  for (const { serviceKey } of services) await app.api.services.remove.mutate({ serviceKey })
}

/** Waits until the page is connected and gets events. */
export const isLive = (page: Page) => page.locator('.light-live').waitFor()

export const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
