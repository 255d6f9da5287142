import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { failToStart, startServer } from '../helpers/process.ts'

test.runIf(!onPostgres)(
  'a second process on the same folder refuses and says why; the lock dies with its holder',
  async () => {
    const { env } = await createTestDatabase()
    const first = await startServer({ ...env })
    const second = await failToStart({ ...env })
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/another Stillbeat is using .*DATA_DIR/)
    await first.end('SIGKILL')
    const third = await startServer({ ...env })
    expect((await third.end('SIGTERM')).code).toBe(0)
  },
)

test.runIf(!onPostgres)('the very first start makes its database', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-first-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const server = await startServer({ DATA_DIR: join(folder, 'new', 'data') })
  expect((await fetch(`${server.url}/ready`)).status).toBe(200)
  await server.end('SIGTERM')
})

test.each([
  [{ PORT: 'eighty' }, /^PORT must be a port number, e\.g\. 8765\n$/],
  [{ HOST: '0.0.0.0' }, /^HOST 0\.0\.0\.0 can be reached by other machines.*API_KEY/],
  [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL is not a postgres:\/\/ address/],
])('a start with %j stops with one sentence', async (env, sentence) => {
  const { code, stderr } = await failToStart(env)
  expect(code).toBe(1)
  expect(stderr).toMatch(sentence)
})

test('SIGTERM under load answers what was accepted, even when it arrives twice', async () => {
  const { env, drop } = await createTestDatabase()
  const server = await startServer({ ...env })
  const answered: string[] = []
  let isUp = true
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    while (isUp) {
      const response = await fetch(`${server.url}/heartbeat/caller-${caller}`, { method: 'POST' }).catch(
        () => undefined,
      )
      if (response?.status === 200) answered.push(`caller-${caller}`)
      else if (!response) return
      if (answered.length === 200) {
        server.child.kill('SIGTERM')
        server.child.kill('SIGTERM')
      }
    }
  })
  const { code } = await server.end('SIGCONT').then((ended) => {
    isUp = false
    return ended
  })
  await Promise.all(callers)
  expect(code).toBe(0)

  const again = await startServer({ ...env })
  const { services } = await createClient({ url: again.url }).status.query()
  const stored = services.reduce((sum, { heartbeatCount }) => sum + heartbeatCount, 0)
  expect(stored).toBe(answered.length)
  await again.end('SIGTERM')
  await drop()
})
