import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { sendRequest } from '../helpers/raw.ts'

const app = await startTestApp({ stopAfter: afterAll })

const keys = [
  `it's "quoted" \`here\``,
  'a/b//../c',
  '..',
  'back\\slash',
  '100%',
  '%00',
  '%2F',
  'a+b & c=d;e?f#g',
  '<script>alert(1)</script>',
  '&lt;b&gt;',
  '{"service_key":"x"}',
  "'; drop table services; --",
  '$1 :name ? {}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  '0',
  'NaN',
  'каша',
  '日本語',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'e\u0301',
  '\u00e9',
  '\u202eright to left',
  'zero\u200bwidth',
  '𝒳'.repeat(200),
]

test.each(keys.map((key) => [key.slice(0, 40), key]))('a service may be called %s', async (_start, key) => {
  const encoded = encodeURIComponent(key)
  expect(await app.beat(key)).toMatchObject({ service_key: key })
  const byPath = await sendRequest(app.url, `POST /heartbeat/${encoded}`)
  expect(JSON.parse(byPath.body)).toMatchObject({ service_key: key })

  const answer = await app.fetch(`/status?service_key=${encoded}`)
  expect(await answer.json()).toMatchObject({ services: [{ service_key: key, heartbeat_count: 2 }] })
  const { service } = await app.api.explain.query({ serviceKey: key })
  expect(service).toMatchObject({ serviceKey: key, heartbeatCount: 2 })
  expect((await app.api.heartbeats.query({ serviceKey: key })).heartbeats).toHaveLength(2)
})

test('all of them are services of their own, and pages lead through them', async () => {
  const found: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await app.api.status.query({ limit: 4, cursor })
    found.push(...page.services.map(({ serviceKey }) => serviceKey))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(found).toHaveLength(keys.length)
  expect(new Set(found)).toEqual(new Set(keys))
})

test('a group may be called anything too', async () => {
  for (const group of ["'; drop table services; --", '__proto__', '100% <b>☕']) {
    await app.api.services.configure.mutate({ serviceKey: 'grouped', group })
    const answer = await app.fetch(`/status?group=${encodeURIComponent(group)}`)
    expect(await answer.json()).toMatchObject({ services: [{ service_key: 'grouped', group }] })
  }
})

test('what is refused may be named in the answer, but never as a page', async () => {
  const answer = await app.fetch(`/status?service_key=${encodeURIComponent('<img onerror=alert(1)>')}`)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
})
