import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { expectRefusal } from '../helpers/refusal.ts'

const home = await mkdtemp(join(tmpdir(), 'stillbeat-page-'))
const folder = join(home, 'dist')
await mkdir(join(folder, 'assets'), { recursive: true })
const files = { 'index.html': '<title>Stillbeat</title>', 'favicon.svg': '<svg/>', 'assets/index-abc.js': 'start()' }
for (const [name, text] of Object.entries(files)) {
  await writeFile(join(folder, name), text)
  await writeFile(join(folder, `${name}.gz`), gzipSync(text))
}
await writeFile(join(home, 'secret.txt'), 'secret')
const app = await startTestApp({ env: { API_KEY: 'correct-horse' }, pageFolder: folder, stopAfter: afterAll })
afterAll(() => rm(home, { recursive: true }))

test('the page is open without a key, forbids everything foreign, and is asked for anew each time', async () => {
  const answer = await app.fetch('/')
  expect(await answer.text()).toBe(files['index.html'])
  const headers = Object.fromEntries(answer.headers)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-encoding': 'gzip',
    vary: expect.stringMatching(/accept-encoding/i),
  })
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toMatch(/^default-src 'none';/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)

  // Without `Cache-Control`, fetch would send `no-cache` with it, which forces a full answer.
  const revalidate = { 'If-None-Match': headers.etag ?? '', 'Cache-Control': 'max-age=0' }
  const again = await app.fetch('/', { headers: revalidate })
  expect(again.status).toBe(304)
})

test('an asset is kept for ever, and served compressed or not as the browser likes', async () => {
  for (const encoding of ['gzip', 'identity']) {
    const answer = await app.fetch('/assets/index-abc.js', { headers: { 'Accept-Encoding': encoding } })
    expect(await answer.text()).toBe('start()')
    expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null)
    expect(answer.headers.get('cache-control')).toMatch(/max-age=31536000.*immutable/)
    expect(answer.headers.get('content-type')).toMatch(/^(text|application)\/javascript/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
  }
})

test('a file beside the page is served too, and only GET and HEAD are possible', async () => {
  expect(await (await app.fetch('/favicon.svg')).text()).toBe('<svg/>')
  expect((await app.fetch('/', { method: 'HEAD' })).status).toBe(200)
  const post = await app.fetch('/', { method: 'POST' })
  expectRefusal({ status: post.status, body: await post.text() }, 'METHOD_NOT_SUPPORTED', /use GET or HEAD/)
})

test.each([
  '/index.html',
  '/services',
  '/assets/',
  '/assets/none.js',
  '/assets/..%2Findex.html',
  '/assets/..%2F..%2Fsecret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  '/assets/..%5C..%5Csecret.txt',
  '/assets/%00',
  '/secret.txt',
])('%s is not there', async (path) => {
  const answer = await app.fetch(path)
  const body = await answer.text()
  expect([400, 403, 404]).toContain(answer.status)
  expect(body).not.toContain('secret')
  expect(JSON.parse(body)).toMatchObject({ error: { code: expect.any(String) } })
})

test('a server whose page is not built says how to build it', async () => {
  const bare = await startTestApp({ pageFolder: join(folder, 'nothing') })
  const answer = await bare.fetch('/')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: { message: expect.stringMatching(/npm run build:page/) } })
})
