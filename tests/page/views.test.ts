import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { beatSeen, describePage, forgetAll, isLive, openPage, rowOf } from '../helpers/page.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const PUBLIC_URL = 'https://still.example.org'
let app: TestApp

describePage('the views', () => {
  beforeAll(async () => {
    app = await startTestApp({ proofEveryMs: HOUR, env: { PUBLIC_URL }, stopAfter: afterAll })
  })

  beforeEach(() => forgetAll(app))

  test('a service: its gaps, up-time, changes and reasons are seen, and its settings are saved', async () => {
    await learnFiveMinutes(app, 'worker')
    await app.pass(11 * MINUTE)
    await app.beat('worker')
    const page = await openPage(app, '#/service/worker')
    await isLive(page)
    const gaps = page.getByRole('region', { name: 'Gaps between heartbeats' })
    await gaps.getByText('4 gaps, usually 5 min, at most 11 min; 1 longer than the limit.').waitFor()
    expect(await gaps.locator('canvas').count()).toBe(1)
    await page.getByRole('region', { name: 'Up-time' }).getByText('down 1 min').first().waitFor()
    const changes = page.getByRole('region', { name: 'Changes of status' }).getByRole('listitem')
    expect(await changes.allInnerTexts()).toEqual([
      expect.stringMatching(/^alive\s+from down, a heartbeat came/),
      expect.stringMatching(/^down\s+from alive, no heartbeat; for 1 min/),
      expect.stringMatching(/^alive\s+from unknown, its rhythm is known; for 10 min/),
    ])
    await page.getByText('it beats every 5 min (the median of 4 gaps)').waitFor()

    await page.getByLabel('Name').fill('The worker')
    await page.getByLabel('Group').fill('Factory')
    await page.getByLabel('by a cron line').check({ force: true })
    await page.getByRole('textbox', { name: 'Cron line' }).fill('61 * * * *')
    await page.getByText(/61/).and(page.locator('.fault')).waitFor()
    await page.getByRole('textbox', { name: 'Cron line' }).fill('30 2 * * *')
    const preview = page.locator('.preview')
    await preview.getByText(/02:30/).first().waitFor()
    expect(await preview.getByRole('listitem').count()).toBe(5)
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page.getByLabel('Grace, in minutes').fill('20')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    await page.getByLabel('Mute').selectOption('until it has recovered')
    await page.getByText('Muted until it has recovered').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    expect(await app.api.services.get.query({ serviceKey: 'worker' })).toMatchObject({
      displayName: 'The worker',
      group: 'Factory',
      schedule: '30 2 * * *',
      timezone: 'Europe/Berlin',
      graceSeconds: 1_200,
      mutedUntil: 'recovered',
      paused: true,
    })

    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('heading', { name: 'No services yet' }).waitFor()
    expect((await app.api.status.query()).services).toEqual([])
  })

  test('a job: its runs are seen with how long they took and what they said', async () => {
    await app.api.signal.mutate({ serviceKey: 'import', kind: 'start', runId: 'run-7' })
    await app.clock.advance(90 * SECOND)
    const output = 'reading\n<script>document.title = "owned"</script>'
    await app.api.signal.mutate({
      serviceKey: 'import',
      kind: 'fail',
      runId: 'run-7',
      exitCode: 3,
      message: 'disk full',
      output,
    })
    const page = await openPage(app, '#/service/import')
    await page.locator('.incident-note').getByText('failed: disk full').waitFor()
    const printed = page.getByRole('region', { name: 'What it printed' })
    expect(await printed.innerText()).toMatch(/failed at .*\d\d:\d\d\s+after 2 min\s+exit code 3\s+run-7/)
    expect(await printed.locator('pre').innerText()).toBe(output)
    expect(await printed.evaluate((card) => card.previousElementSibling?.className)).toBe('service-head')
    const run = page.getByRole('region', { name: 'Runs' }).getByRole('row').nth(1)
    expect(await run.innerText()).toMatch(/fail\s+.*\d\d:\d\d\s+2 min\s+exit code 3 disk full run-7/)
    await run.getByText('output').click()
    expect(await run.locator('pre').innerText()).toBe(output)
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('acknowledged', { exact: false }).and(page.locator('.soft')).waitFor()
  })

  test('what a failed job printed opens at its end, with the telling line marked, until the job succeeds', async () => {
    const steps = Array.from({ length: 100 }, (_, step) => `step ${step}\n`).join('')
    const output = `${steps}\u001B[31mError: boom\u001B[0m\n    at main (/app/job.js:1:7)\n\nNode.js v26.10.0\n`
    await app.api.signal.mutate({ serviceKey: 'import', kind: 'fail', exitCode: 1, output })
    const page = await openPage(app, '#/service/import')
    await isLive(page)
    await page.locator('.incident-note').getByText('failed: exit code 1: Error: boom').waitFor()
    const printed = page.getByRole('region', { name: 'What it printed' })
    expect(await printed.locator('mark').allInnerTexts()).toEqual(['Error: boom'])
    await expect.poll(() => printed.locator('pre').evaluate((pre) => pre.scrollTop)).toBeGreaterThan(500)
    await page.goto(`${app.url}/#/`)
    await rowOf(page, 'Import').getByText('failed: exit code 1: Error: boom').waitFor()
    await page.goBack()
    await printed.waitFor()
    await app.api.signal.mutate({ serviceKey: 'import', kind: 'success' })
    await app.clock.advance(SECOND)
    await printed.waitFor({ state: 'detached' })
    expect(await page.locator('.incident-note').count()).toBe(0)
  })

  test('changes of a bad minute are seen with their seconds', async () => {
    for (const kind of ['success', 'fail', 'success', 'fail'] as const) {
      await app.clock.advance(7 * SECOND)
      await app.api.signal.mutate({ serviceKey: 'import', kind })
    }
    const page = await openPage(app, '#/service/import')
    const changes = page.getByRole('region', { name: 'Changes of status' }).getByRole('listitem')
    await expect.poll(() => changes.count()).toBe(3)
    expect(new Set(await changes.locator('time').allInnerTexts()).size).toBe(3)
    const runs = page.getByRole('region', { name: 'Runs' }).locator('td time')
    expect(new Set(await runs.allInnerTexts()).size).toBe(4)
  })

  test('instructions have the address and the key filled in, and light up when the first heartbeat arrives', async () => {
    const page = await openPage(app, '#/send')
    await isLive(page)
    await page.getByLabel('Key of the service').fill("it's é")
    const code = page.getByRole('tabpanel').locator('code')
    const address = `${PUBLIC_URL}/heartbeat?service_key=it%27s%20%C3%A9`
    await expect.poll(() => code.innerText()).toBe(`curl -fsS -m 10 --retry 3 -X POST '${address}'`)
    for (const name of ['cron', 'Python', 'Node', 'Decorator', 'stillbeat exec', 'n8n', 'Docker']) {
      await page.getByRole('tab', { name }).click()
      expect(await code.innerText()).toMatch(/it.{1,5}s|it\\?%27s/)
    }
    await page.getByText('Waiting for its first heartbeat…').waitFor()
    await beatSeen(app, "it's é")
    await page.getByText('The first heartbeat has arrived').waitFor()
    expect(await page.locator('.arrived').count()).toBe(1)
  })

  test('the history is filtered by its address', async () => {
    await learnFiveMinutes(app, 'api', 'worker')
    await app.pass(11 * MINUTE)
    await app.beat('api')
    const page = await openPage(app, '#/history')
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(5)
    await page.getByLabel('Became').selectOption('down')
    await expect.poll(() => rows.count()).toBe(2)
    await page.goto(`${app.url}/#/history?service=api&status=alive`)
    await expect.poll(() => rows.count()).toBe(2)
    await rows.first().getByRole('link', { name: 'Api' }).click()
    await page.getByRole('heading', { name: 'Api', level: 1 }).waitFor()
  })

  test('the monitor tells of itself, and a group is shown to everybody once that is switched on', async () => {
    await learnFiveMinutes(app, 'api', 'secret')
    await app.api.services.configure.mutate({ serviceKey: 'api', displayName: 'Our API', group: 'Shop & more' })
    await app.clock.jump(HOUR)
    const page = await openPage(app, '#/monitor', { expected: /404/ })
    await page.getByText('embedded in').waitFor()
    await page.getByLabel('Shop & more').click()
    await page.getByRole('link', { name: 'its page' }).click()
    await page.getByRole('heading', { name: 'Shop & more' }).waitFor()
    await page.getByText('Our API').waitFor()
    expect(await page.getByText('secret', { exact: false }).count()).toBe(0)
    await page.goto(`${app.url}/#/public/nothing`)
    await page.getByText('There is no public page at this address.').waitFor()
  })
})
