import { spawnSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, SECOND } from '../helpers/clock.ts'
import { describePage, isLive, openPage } from '../helpers/page.ts'
import { runs } from '../helpers/snippets.ts'

const KEY = 'correct-horse-battery'
let open: TestApp
let locked: TestApp

/** Whether the machine has all programs. `.ci/run` makes sure that its machine does. */
const hasAll = ['python3', 'curl'].every((program) => !spawnSync(program, ['--version']).error)

/** Presses a button for copying. @returns what is in the clipboard then */
async function copied(page: Page, name: string): Promise<string> {
  await page.getByRole('tab', { name }).click()
  await page.getByRole('button', { name: `Copy: ${name}` }).click()
  await page.getByText('Copied').waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Copies and runs each of the instructions, and waits until the page shows its first heartbeat. */
async function runAll(app: TestApp, page: Page, key?: string): Promise<string[]> {
  await page.getByRole('tab').first().waitFor()
  const names = await page.getByRole('tab').allInnerTexts()
  for (const name of names) {
    await page.getByLabel('Key of the service').fill(`it's ${name}, "50%" é`)
    await page.getByText('Waiting for its first heartbeat…').waitFor()
    await runs[name]?.(await copied(page, name), { wellUrl: `${app.url}/health`, key })
    await app.clock.advance(SECOND)
    await page.getByText('The first heartbeat has arrived').waitFor()
  }
  return names
}

const permissions = ['clipboard-read', 'clipboard-write']

describePage('the instructions', () => {
  beforeAll(async () => {
    open = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
    locked = await startTestApp({ proofEveryMs: HOUR, env: { API_KEY: KEY }, stopAfter: afterAll })
  })

  test.runIf(hasAll)('each of them, run as it was copied, is heard, and the page lights up', async () => {
    const page = await openPage(open, '#/send', { permissions })
    await isLive(page)
    expect(await runAll(open, page)).toEqual(Object.keys(runs))
  })

  test.runIf(hasAll)('where a key is needed, each of them says where it goes, and is heard with it', async () => {
    const page = await openPage(locked, '#/send', { permissions, expected: /401/ })
    await page.getByLabel('Key').fill(KEY)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await isLive(page)
    expect(await runAll(locked, page, KEY)).toEqual(Object.keys(runs))
  })
})
