import { afterAll, describe, expect, test } from 'vitest'
import { badgeSvg } from '../../server/badge/svg.ts'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const KEY = 'correct-horse'
const bearer = { Authorization: `Bearer ${KEY}` }

const said = (svg: string) => /<title>(.*)<\/title>/.exec(svg)?.[1]

describe('where no key is set', async () => {
  const app = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
  const badge = async (path: string) => {
    const answer = await app.fetch(path)
    return { status: answer.status, headers: answer.headers, said: said(await answer.text()) }
  }

  test('a badge says what is so now, in words too', async () => {
    expect(await badge('/badge/my-worker.svg')).toMatchObject({ status: 404, said: 'service: not found' })
    await app.api.services.configure.mutate({ serviceKey: 'my-worker', expectedPeriodSeconds: 60 })
    expect(await badge('/badge/my-worker.svg')).toMatchObject({ status: 200, said: 'My Worker: unknown' })
    await app.beat('my-worker')
    expect(await badge('/badge/my-worker.svg')).toMatchObject({ said: 'My Worker: alive' })
    app.clock.jump(3 * MINUTE)
    const down = await badge('/badge/my-worker.svg?label=Nightly+%3Cb%3E')
    expect(down.said).toBe('Nightly &lt;b&gt;: down')
    expect(Object.fromEntries(down.headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, max-age=60',
      'content-security-policy': "default-src 'none'",
    })
    await app.api.services.pause.mutate({ serviceKey: 'my-worker' })
    expect(await badge('/badge/my-worker.svg')).toMatchObject({ said: 'My Worker: paused' })
  })

  test.each([['a/b.c'], ['каша'], [`<'"&>`], ['🦊'.repeat(200)]])('the key may be %s', async (key) => {
    await app.beat(key)
    expect(await badge(`/badge/${encodeURIComponent(key)}.svg?label=x`)).toMatchObject({
      status: 200,
      said: 'x: unknown',
    })
  })
})

test('without a key, what is in no public group looks like what does not exist', async () => {
  const app = await startTestApp({ env: { API_KEY: KEY } })
  const ask = async (key: string, headers: Record<string, string> = {}) => {
    const answer = await app.fetch(`/badge/${key}.svg`, { headers })
    return { status: answer.status, caching: answer.headers.get('cache-control'), svg: await answer.text() }
  }
  const call = (path: string, input: object) =>
    app.fetch(`/trpc/${path}`, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { ...bearer, 'Content-Type': 'application/json' },
    })
  await call('services.configure', { serviceKey: 'api', group: 'Shop' })

  expect(await ask('api')).toEqual(await ask('none'))
  const forHolders = await ask('api', bearer)
  expect(forHolders).toMatchObject({ status: 200, caching: 'private, no-cache' })
  await call('groups.configure', { group: 'Shop', public: true })
  expect(await ask('api')).toEqual({ ...forHolders, caching: 'public, max-age=60' })
})

test.each([
  `</title><script>alert(1)</script>`,
  `" onload="alert(1)`,
  `&lt; ]]> '`,
  '\u202Egnp.exe\u0007\u0000',
  '\uD800\uFFFE',
  '😀'.repeat(500),
])('text of others stays text: %j', (label) => {
  const svg = badgeSvg(label, 'alive')
  expect(svg).not.toMatch(/<script|" onload|[\u202E\uFFFE\uFFFF]/)
  expect(svg.isWellFormed()).toBe(true)
  expect(svg.length).toBeLessThan(2_500)
  // A label must not add elements.
  const tags = new Set([...svg.matchAll(/<(\/?[^\s>/]+)/g)].map(([, tag]) => tag?.replace('/', '')))
  expect([...tags].toSorted()).toEqual(['circle', 'g', 'path', 'rect', 'svg', 'text', 'title'])
  expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/)
})

test('a wrong key is refused alike, whether there is such a service or not', async () => {
  const app = await startTestApp({ env: { API_KEY: 'correct-horse' } })
  await app.fetch('/heartbeat/there', { method: 'POST', headers: { 'X-Api-Key': 'correct-horse' } })
  const seen = async (key: string) => {
    const statuses: number[] = []
    for (let guess = 0; guess < 14; guess++) {
      statuses.push((await app.fetch(`/badge/${key}.svg`, { headers: { 'X-Api-Key': 'wrong-horse' } })).status)
    }
    return statuses
  }
  const missing = await seen('missing')
  app.clock.jump(2 * MINUTE)
  expect(await seen('there')).toEqual(missing)
  expect(missing).toContain(429)
})
