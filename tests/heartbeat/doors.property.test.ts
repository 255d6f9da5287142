import fc from 'fast-check'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { sendBytes, sendRequest } from '../helpers/raw.ts'

const app = await startTestApp({ stopAfter: afterAll })

afterEach(async () => {
  expect(await app.beat('still here')).toMatchObject({ status: 'ok' })
})

const RUNS = 150

/** Any bytes, as a request line can carry them: percent-encoded. */
const bytesAsPercent = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
const urlText = fc.string({ unit: fc.constantFrom(...'ab%&=?/;+#[]{}.~-_0F'), maxLength: 300 })
const anyText = fc.string({ unit: 'binary', maxLength: 300 })
const lonelyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 50,
})
const encodedText = anyText.map(encodeURIComponent)
const address = fc.oneof(bytesAsPercent, urlText, encodedText)

/** The names of fields in junk input: some that doors know, and others. */
const field = fc.constantFrom(
  'service_key',
  'serviceKey',
  'metadata',
  'key',
  'kind',
  'status',
  'limit',
  '__proto__',
  '0',
)
const value = fc.oneof(anyText, lonelyText, fc.jsonValue({ maxDepth: 4 }), fc.double(), fc.bigInt().map(String))
const junk = fc.oneof(fc.dictionary(field, value, { maxKeys: 5 }), fc.array(value, { maxLength: 3 }), value)
const junkJson = junk.map((thing) => JSON.stringify(thing) ?? 'undefined')
const brokenJson = fc
  .tuple(junkJson, fc.nat(), anyText)
  .map(([text, at, wedge]) => text.slice(0, at % (text.length + 1)) + wedge + text.slice(at % (text.length + 1)))
const body = fc.oneof(junkJson, brokenJson, fc.uint8Array({ maxLength: 2_000 }))

const method = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'FOO')
const type = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  ';',
)
const content = fc.record({ type, body }, { requiredKeys: [] })

async function expectNoFault(line: string, content: { type?: string; body?: Uint8Array | string } = {}): Promise<void> {
  const answer = await sendRequest(app.url, line, content)
  expect(answer, line).toMatchObject({ status: expect.toSatisfy((status: number) => status >= 200 && status < 500) })
  expect(answer.body).not.toMatch(/\n\s+at |node_modules/)
}

test('bytes that are no request never stop the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      const { status } = await sendBytes(app.url, Buffer.concat([bytes, Buffer.from('\r\n\r\nx\r\n\r\n')]))
      expect(status).toBeLessThan(500)
    }),
    { numRuns: RUNS },
  )
})

test.each<[door: string, (address: string) => string]>([
  ['POST /heartbeat by query', (address) => `POST /heartbeat?service_key=${address}`],
  ['POST /heartbeat by odd query', (address) => `POST /heartbeat?${address}`],
  ['POST /heartbeat by path', (address) => `POST /heartbeat/${address}`],
  ['GET /status', (address) => `GET /status?${address}`],
  ['GET /status for a key', (address) => `GET /status?service_key=${address}`],
  ['GET /status for a group', (address) => `GET /status?group=${address}`],
  ['GET /status for a page', (address) => `GET /status?cursor=${address}`],
  [
    'GET /status for a page that may be',
    (address) => `GET /status?cursor=${Buffer.from(address).toString('base64url')}`,
  ],
  ['GET /openapi.json', (address) => `GET /openapi.json?${address}`],
  ['GET /trpc', (address) => `GET /trpc/${address}`],
  ['GET /trpc/status', (address) => `GET /trpc/status?input=${address}`],
  ['anywhere', (address) => `GET /${address}`],
])('%s takes any address', async (_door, line) => {
  await fc.assert(
    fc.asyncProperty(address, (text) => expectNoFault(line(text))),
    { numRuns: RUNS },
  )
})

test.each(['POST /heartbeat', 'POST /heartbeat/by-path', 'POST /heartbeat?service_key=by-query'])(
  '%s takes any body',
  async (line) => {
    await fc.assert(
      fc.asyncProperty(content, (content) => expectNoFault(line, content)),
      { numRuns: RUNS },
    )
  },
)

test.each(['heartbeat', 'signal', 'services.configure', 'services.pause', 'heartbeat,signal?batch=1'])(
  'POST /trpc/%s takes any body',
  async (procedure) => {
    await fc.assert(
      fc.asyncProperty(content, (content) => expectNoFault(`POST /trpc/${procedure}`, content)),
      { numRuns: RUNS },
    )
  },
)

test.each(['status', 'history', 'heartbeats', 'explain', 'services.get', 'services.list'])(
  'GET /trpc/%s takes any input',
  async (procedure) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(junkJson, brokenJson), (input) =>
        expectNoFault(`GET /trpc/${procedure}?input=${encodeURIComponent(input.toWellFormed())}`),
      ),
      { numRuns: RUNS },
    )
  },
)

test('every door takes any method', async () => {
  const door = fc.constantFrom(
    '/heartbeat',
    '/heartbeat/a',
    '/status',
    '/health',
    '/ready',
    '/openapi.json',
    '/trpc/status',
    '/*',
  )
  await fc.assert(
    fc.asyncProperty(method, door, content, (method, path, content) => expectNoFault(`${method} ${path}`, content)),
    { numRuns: RUNS },
  )
})

test('an input of the right fields with odd values is stored or refused, never half', async () => {
  const input = fc.record(
    {
      serviceKey: fc.oneof(fc.constant('odd'), anyText, lonelyText),
      kind: fc.constantFrom('start', 'success', 'fail', 'log', 'attention'),
      runId: fc.oneof(anyText, lonelyText),
      exitCode: fc.oneof(fc.integer(), fc.double()),
      durationMs: fc.oneof(fc.double(), fc.maxSafeInteger()),
      message: fc.oneof(anyText, lonelyText),
      output: fc.oneof(anyText, lonelyText),
    },
    { requiredKeys: ['serviceKey', 'kind'] },
  )
  await fc.assert(
    fc.asyncProperty(input, (one) =>
      expectNoFault('POST /trpc/signal', { type: 'application/json', body: JSON.stringify(one) }),
    ),
    { numRuns: RUNS },
  )
})
