import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { cli } from '../helpers/cli.ts'
import { beatAll } from '../helpers/rhythm.ts'

const MINUTE = 60_000

const show = async (url: string, ...args: string[]) => {
  const { stdout, ...rest } = await cli(['status', '--url', url, ...args])
  return { ...rest, stdout: stdout.toString() }
}

test('what is down comes first and makes the exit code 1, unless it is paused', async () => {
  const app = await startTestApp()
  for (let beats = 0; beats < 5; beats++) {
    await app.beat('a-fine')
    if (beats < 4) await app.beat('b-down')
    await app.pass(5 * MINUTE)
  }
  await app.beat('c-new')
  for (let beats = 0; beats < 3; beats++) {
    await app.beat('a-fine')
    await app.pass(5 * MINUTE)
  }
  const { code, stdout } = await show(app.url)
  const lines = stdout.split('\n')
  expect(lines[0]).toMatch(/^STATUS +NAME +SINCE +LAST HEARTBEAT +RHYTHM +KEY$/)
  expect(lines[1]).toMatch(/^✗ down +B Down +\d\d:\d\d +\d+ minutes ago +usually every 5 min +b-down$/)
  expect(lines[2]).toMatch(/^\? unknown +C New .* 3 more heartbeats to learn +c-new$/)
  expect(lines[3]).toMatch(/^✓ alive +A Fine .* usually every 5 min +a-fine$/)
  expect(lines.slice(4)).toEqual(['', '1 down, 1 unknown, 1 alive', ''])
  expect(code).toBe(1)
  expect(stdout).not.toContain('\u001B')
  expect((await show(app.url, 'a-fine')).code).toBe(0)

  await app.api.services.pause.mutate({ serviceKey: 'b-down' })
  expect(await show(app.url)).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n‖ paused +B Down/) })
})

test('--json is the answer of the monitor', async () => {
  const app = await startTestApp()
  await app.beat('one')
  const { code, stdout } = await show(app.url, '--json')
  expect(stdout).toBe(await (await app.fetch('/status')).text())
  expect(code).toBe(0)
})

test('a group is shown alone, and an unknown service is no good news', async () => {
  const app = await startTestApp()
  await app.api.services.configure.mutate({ serviceKey: 'one', group: 'night & day' })
  await app.beat('two')
  expect((await show(app.url, '--group', 'night & day')).stdout).toMatch(/1 unknown\n$/)
  expect((await show(app.url, '--group', 'none')).stdout).toBe('no services in the group none\n')
  expect(await show(app.url, 'nosuch')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no service "nosuch"'),
  })
})

test('hostile and wide names keep the table in shape', async () => {
  const app = await startTestApp()
  const names = [
    '\u001B[2J\u001B[31mred',
    '日本語のサービス',
    'مرحبا',
    'a\u202Eb\nc',
    '👩‍👩‍👧 family',
    'e\u0301te\u0301',
    'x'.repeat(99),
  ]
  for (const [index, displayName] of names.entries()) {
    await app.api.services.configure.mutate({ serviceKey: `k${index}`, displayName }).catch(() => {})
  }
  const { stdout } = await show(app.url)
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202A-\u202E]/u)
  expect(stdout).toContain(`${'x'.repeat(38)}…`)
  expect(stdout).toContain('日本語のサービス  ')
})

test('several pages become one table', { timeout: 120_000 }, async () => {
  const app = await startTestApp()
  await beatAll(
    app,
    Array.from({ length: 1_001 }, (_, index) => `service-${index}`),
  )
  expect((await show(app.url)).stdout).toMatch(/\n1001 unknown\n$/)
})

test('a monitor that cannot be asked is exit code 2', async () => {
  expect(await cli(['status'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the connection was refused'),
  })
  expect(await cli(['status', '--url', 'localhost:8765'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('must begin with http:// or https://'),
  })
})
