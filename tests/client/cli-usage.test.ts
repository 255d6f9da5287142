import { expect, test } from 'vitest'
import packageJson from '../../client/package.json' with { type: 'json' }
import { startTestApp } from '../helpers/app.ts'
import { cli } from '../helpers/cli.ts'

test('a heartbeat is stored with its metadata, or the exit code says that it is not', async () => {
  const app = await startTestApp()
  const good = await cli(['beat', 'my/сервис', '--url', `${app.url}/`, '--metadata', '{"version":"1.2"}'])
  expect(good).toMatchObject({ code: 0, stderr: '', stdout: Buffer.alloc(0) })
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'my/сервис' })
  expect(heartbeats).toMatchObject([{ details: { metadata: { version: '1.2' } } }])

  const refused = await cli(['beat', 'x'.repeat(201), '--url', app.url])
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/not stored: .* answered 400: .*at most 200/),
  })
  const away = await cli(['beat', 'job'])
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('the connection was refused') })
})

test('a key may begin with "-", as everywhere, after --', async () => {
  const app = await startTestApp()
  expect((await cli(['beat', '--url', app.url, '--', '-x'])).code).toBe(0)
  const { code, stdout } = await cli(['exec', '--url', app.url, '--', '-y', '--', 'echo', '-n', '--', 'z'])
  expect([code, stdout.toString()]).toEqual([0, '-- z'])
  expect((await cli(['exec', 'usual', '--url', app.url, '--', 'echo', '--', 'z'])).stdout.toString()).toBe('-- z\n')
  expect((await cli(['status', '--url', app.url, '--', '-y'])).code).toBe(0)
  const { services } = await app.api.status.query({})
  expect(services.map(({ serviceKey }) => serviceKey).sort()).toEqual(['-x', '-y', 'usual'])
})

test.each([
  [[], 'say what to do'],
  [['--nonsense'], 'there is no option "--nonsense"'],
  [['haert', 'x'], 'there is no command "haert"'],
  [['beat'], 'the KEY of the service is missing'],
  [['beat', 'a', 'b'], 'one KEY, not also "b"'],
  [['beat', 'a', '--metadata', '[]'], '--metadata must be a JSON object'],
  [['exec', 'a', '--nonsense', '--', 'true'], "unknown option '--nonsense'; see stillbeat exec --help"],
  [['exec', 'a', 'true'], 'one KEY, not also "true" before --'],
  [['exec', 'a', '--'], 'the command is missing'],
  [['status', 'a', 'b'], 'one KEY at most'],
  [['status', '--json=1'], 'does not take an argument'],
  [['backup'], 'the FILE to write is missing'],
  [['backup', 'a', 'b'], 'one FILE, not also "b"'],
  [['restore', 'a'], 'npm run restore -- FILE'],
])('wrong arguments get a sentence and exit code 2: %j', async (args, sentence) => {
  const { code, stdout, stderr } = await cli(args)
  expect([code, stdout.toString()]).toEqual([2, ''])
  expect(stderr).toContain(sentence)
  expect(stderr).toMatch(/^stillbeat: [^\n]+\n$/)
})

test.each([['--help'], ['beat', '--help'], ['exec', '-h'], ['status', '--help'], ['backup', '-h']])(
  'help: %s %s',
  async (...args) => {
    const { code, stdout, stderr } = await cli(args.filter(Boolean))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.toString()).toMatch(/^stillbeat[\s\S]*--help/)
  },
)

test('--version is that of the package', async () => {
  expect((await cli(['--version'])).stdout.toString()).toBe(`${packageJson.version}\n`)
})
