import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { sendBytes, sendRequest } from '../helpers/raw.ts'
import { expectRefusal, expectTrpcRefusal } from '../helpers/refusal.ts'

const app = await startTestApp({ stopAfter: afterAll })

const asJson = { 'Content-Type': 'application/json' }
const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' }
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const withMetadata = (metadata: string) => `{"service_key":"a","metadata":${metadata}}`

async function ask(path: string, init: RequestInit) {
  const response = await app.fetch(path, init)
  return { status: response.status, body: await response.text(), allow: response.headers.get('allow') }
}

test.each<[fault: string, path: string, message: string | RegExp]>([
  ['no key', '', /^service_key is required, e\.g\. POST/],
  ['an empty key', '?service_key=', /^service_key is empty, e\.g\. POST/],
  ['a blank key', '?service_key=%20%09%C2%A0', /is empty/],
  ['an empty key in the path', '/', /service_key is required/],
  ['a blank key in the path', '/%20', /is empty/],
  ['201 characters', `?service_key=${'x'.repeat(201)}`, /at most 200 characters, got 201/],
  ['201 emoji', `?service_key=${encodeURIComponent('😀'.repeat(201))}`, /at most 200 characters, got 201/],
  ['201 emoji in the path', `/${encodeURIComponent('😀'.repeat(201))}`, /at most 200 characters, got 201/],
  ['NUL', '?service_key=a%00b', /control characters/],
  ['NUL in the path', '/a%00b', /control characters/],
  ['a line break', '?service_key=a%0Ab', /control characters/],
  ['DEL', '?service_key=a%7F', /control characters/],
  ['a C1 control character', '?service_key=a%C2%85b', /control characters/],
  ['a byte that is no UTF-8', '?service_key=%FF', /not valid UTF-8/],
  ['bytes that are no UTF-8', '?service_key=a%C3%28', /not valid UTF-8/],
  ['an encoded surrogate', '?service_key=%ED%A0%80', /not valid UTF-8/],
  ['a byte that is no UTF-8 in the path', '/%FF', /not a valid url/],
  ['half of an escape in the path', '/%E', /not a valid url/],
  ['an escape that is none in the path', '/a%zz', /not a valid url/],
  ['two keys in the query', '?service_key=a&service_key=b', /more than once/],
  ['a key and an empty one', '?service_key=a&service_key=', /more than once/],
  ['another key in the path', '/a?service_key=b', /more than once/],
])('a heartbeat with %s is refused', async (_fault, path, message) => {
  expectRefusal(await ask(`/heartbeat${path}`, { method: 'POST' }), 'BAD_REQUEST', message)
})

test.each<[fault: string, body: string | Buffer, message: string | RegExp]>([
  ['nothing', '', /service_key is required/],
  ['an object without a key', '{}', /service_key is required/],
  ['half an object', '{"service_key":', /^the body is not valid JSON/],
  ['no JSON at all', 'service_key=a', /^the body is not valid JSON/],
  ['an array', '["a"]', /must be a JSON object, e\.g\./],
  ['text', '"a"', /must be a JSON object/],
  ['a number', '5', /must be a JSON object/],
  ['null', 'null', /must be a JSON object/],
  [
    'metadata of 10 kB',
    JSON.stringify({ service_key: 'a', metadata: { text: 'x'.repeat(10_000) } }),
    /^metadata must be at most 10000 bytes of JSON, got 10011/,
  ],
  [
    'metadata of many small objects',
    withMetadata(`{"a":[${Array(3_300).fill('{}').join()}]}`),
    /^metadata must hold at most 1000 values, got 3301; send less, or several of them as one text/,
  ],
  ['a number as key', '{"service_key":5}', /^service_key must be text/],
  ['an object as key', '{"service_key":{"a":1}}', /^service_key must be text/],
  ['an array as key', '{"service_key":["a","b"]}', /service_key/],
  ['null as key', '{"service_key":null}', /^service_key must be text/],
  ['an empty key', '{"service_key":" "}', /is empty/],
  ['a lone surrogate in the key', '{"service_key":"a\\ud800b"}', /not valid UTF-8/],
  ['the second half of a surrogate', '{"service_key":"\\udc00"}', /not valid UTF-8/],
  ['NUL in the key', '{"service_key":"a\\u0000"}', /control characters/],
  ['bytes that are no UTF-8', latin1('{"service_key":"a\xFF"}'), /body is not valid UTF-8/],
  ['metadata that is an array', withMetadata('[1]'), /^metadata must be a JSON object/],
  [
    'metadata of numbers that are long when written out',
    withMetadata(`{"x":[${'1e300,'.repeat(100)}1e-7]}`),
    /^metadata must be at most 10000 bytes of JSON, got 30/,
  ],
  ['metadata that is text', withMetadata('"x"'), /^metadata must be a JSON object/],
  [
    '__proto__ in the metadata',
    withMetadata('{"__proto__":{"a":1}}'),
    /^metadata must not have a field that is called/,
  ],
  ['NUL in the metadata', withMetadata('{"x":"\\u0000"}'), /^metadata must not contain NUL/],
  ['NUL in a name in the metadata', withMetadata('{"x":[{"\\u0000":1}]}'), /^metadata must not contain NUL/],
  ['a lone surrogate in the metadata', withMetadata('{"x":"\\ud83d"}'), /lone surrogates/],
  ['a lone surrogate in a name', withMetadata('{"\\udfff":1}'), /lone surrogates/],
  ['metadata 10,000 deep', withMetadata('{"x":'.repeat(10_000) + 1 + '}'.repeat(10_000)), /nested deeper/],
  ['arrays 10,000 deep', withMetadata(`{"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /nested deeper/],
])('a heartbeat whose JSON is %s is refused', async (_fault, body, message) => {
  expectRefusal(await ask('/heartbeat', { method: 'POST', headers: asJson, body }), 'BAD_REQUEST', message)
})

test.each<[fault: string, body: string | Buffer, message: string | RegExp]>([
  ['no key', 'name=a', /service_key is required/],
  ['two keys', 'service_key=a&service_key=b', /more than once/],
  ['an encoded byte that is no UTF-8', 'service_key=%FF', /not valid UTF-8/],
  ['bytes that are no UTF-8', latin1('service_key=a\xC3('), /body is not valid UTF-8/],
  ['metadata that is no JSON', 'service_key=a&metadata=x', /^metadata is not valid JSON/],
  ['metadata that is no object', 'service_key=a&metadata=5', /^metadata must be a JSON object/],
])('a heartbeat whose form has %s is refused', async (_fault, body, message) => {
  expectRefusal(await ask('/heartbeat', { method: 'POST', headers: asForm, body }), 'BAD_REQUEST', message)
})

test.each<[where: string, path: string, init: RequestInit]>([
  ['in query and JSON', '/heartbeat?service_key=a', { headers: asJson, body: '{"service_key":"b"}' }],
  ['in path and JSON', '/heartbeat/a', { headers: asJson, body: '{"service_key":"b"}' }],
  ['in query and form', '/heartbeat?service_key=a', { headers: asForm, body: 'service_key=b' }],
  ['as text and as a number', '/heartbeat/1', { headers: asJson, body: '{"service_key":1}' }],
  ['in all places', '/heartbeat/a?service_key=a', { headers: asForm, body: 'service_key=b' }],
])('different keys %s are refused', async (_where, path, init) => {
  expectRefusal(await ask(path, { method: 'POST', ...init }), 'BAD_REQUEST', /more than once, with different values/)
})

test.each([
  ['/heartbeat?service_key=a', 70_000],
  ['/heartbeat?service_key=a', 10_000_000],
  ['/trpc/heartbeat', 70_000],
  ['/trpc/heartbeat', 10_000_000],
])('to %s a body of %i bytes is too large', async (path, size) => {
  const answer = await ask(path, { method: 'POST', headers: asJson, body: 'x'.repeat(size) })
  expectRefusal(answer, 'PAYLOAD_TOO_LARGE', /larger than 65536 bytes/)
})

test('what takes no body, or a short one, does not read a long one', async () => {
  const post = (path: string, size: number) => ask(path, { method: 'POST', headers: asJson, body: 'x'.repeat(size) })
  expectRefusal(await post('/status', 70_000), 'METHOD_NOT_SUPPORTED', /use GET or HEAD/)
  expectRefusal(await post('/nothing', 70_000), 'NOT_FOUND', /there is nothing here/)
  expectRefusal(await post('/session', 5_000), 'PAYLOAD_TOO_LARGE', /larger than 4096 bytes/)
})

const packed = (coding: string, body: Buffer, more: Record<string, string> = asJson) => ({
  method: 'POST',
  headers: { ...more, 'Content-Encoding': coding },
  body: new Uint8Array(body),
})
const bomb = JSON.stringify({ service_key: 'bomb', metadata: { a: ' '.repeat(10_000_000) } })

test.each<[what: string, path: string, init: RequestInit]>([
  ['JSON in gzip', '/heartbeat', packed('gzip', gzipSync('{"service_key":"packed"}'))],
  ['JSON in brotli', '/heartbeat/packed', packed('br', brotliCompressSync('{}'))],
  ['JSON in two layers', '/heartbeat/packed', packed('gzip, GZIP', gzipSync(gzipSync('{}')))],
  ['JSON that only says so', '/heartbeat/packed', packed('gzip', Buffer.from('{}'))],
  ['a form', '/heartbeat', packed('x-gzip', gzipSync('service_key=packed'), asForm)],
  ['a bomb', '/heartbeat', packed('gzip', gzipSync(bomb))],
])('%s is refused as packed, with the cure', async (_what, path, init) => {
  const response = await app.fetch(path, init)
  expect(response.headers.get('accept-encoding')).toBe('identity')
  expectRefusal(
    { status: response.status, body: await response.text() },
    'UNSUPPORTED_MEDIA_TYPE',
    /^the body is packed \(Content-Encoding\), and none is unpacked here; send it as it is/,
  )
})

test('the typed API refuses what is packed likewise', async () => {
  const answer = await ask('/trpc/heartbeat', packed('gzip', gzipSync('{"serviceKey":"packed"}')))
  expectTrpcRefusal(answer, 'UNSUPPORTED_MEDIA_TYPE', /^the body is packed \(Content-Encoding\)/)
  expect(answer.status).toBe(415)
})

test.each<[what: string, init: RequestInit]>([
  ['a packed log, which nobody reads', packed('gzip', gzipSync('done'), { 'Content-Type': 'text/plain' })],
  ['what says that it is not packed', packed('identity', Buffer.from('{}'))],
])('%s is a heartbeat like any other', async (_what, init) => {
  expect(await ask('/heartbeat/good', init)).toMatchObject({ status: 200 })
})

test.each<[what: string, bytes: Buffer | string, message: RegExp]>([
  ['bare UTF-8', '/heartbeat?service_key=каша', /must be written as %XX/],
  ['bare bytes', latin1('/heartbeat/\xFF'), /must be written as %XX/],
  ['an address of 20,000 characters', `/heartbeat?service_key=${'a'.repeat(20_000)}`, /larger than 16 KiB/],
])('%s in the first line is refused in the same words', async (_what, address, message) => {
  const answer = await sendRequest(app.url, Buffer.concat([Buffer.from('POST '), Buffer.from(address)]))
  expectRefusal(answer, 'BAD_REQUEST', message)
})

test('what is not HTTP is told so', async () => {
  expectRefusal(await sendBytes(app.url, latin1('\x16\x03\x01hello\r\n\r\n')), 'BAD_REQUEST', 'not an HTTP request')
})

test.each([
  ['GET', '/heartbeat', 'POST'],
  ['HEAD', '/heartbeat', 'POST'],
  ['PUT', '/heartbeat/a', 'POST'],
  ['OPTIONS', '/status', 'GET, HEAD'],
  ['POST', '/status', 'GET, HEAD'],
  ['DELETE', '/status', 'GET, HEAD'],
  ['POST', '/health', 'GET, HEAD'],
  ['PATCH', '/ready', 'GET, HEAD'],
  ['POST', '/openapi.json', 'GET, HEAD'],
  ['GET', '/backup', 'POST'],
  ['DELETE', '/trpc/status', 'GET, HEAD, POST'],
  ['OPTIONS', '/trpc/heartbeat', 'GET, HEAD, POST'],
])('%s %s is answered with the method to use', async (method, path, allow) => {
  const answer = await ask(path, { method })
  expect(answer).toMatchObject({ status: 405, allow })
  if (method !== 'HEAD') expectRefusal(answer, 'METHOD_NOT_SUPPORTED', `${method} is not possible here`)
})

test.each([
  ['GET', '/nothing'],
  ['GET', '/status/'],
  ['POST', '/heartbeat/a/b'],
  ['GET', '//status'],
  ['GET', '/__proto__'],
  ['GET', '/..%2f..%2fetc/passwd'],
  ['GET', '/trpc'],
])('%s %s is nowhere', async (method, path) => {
  expectRefusal(await ask(path, { method }), 'NOT_FOUND', /there is nothing here; try GET \/status/)
})

test.each<[fault: string, query: string, code: 'BAD_REQUEST' | 'NOT_FOUND', message: string | RegExp]>([
  ['an unknown service', 'service_key=nobody', 'NOT_FOUND', /^no service "nobody"/],
  ['half of an escape', 'service_key=%zz', 'NOT_FOUND', /^no service "%zz"/],
  ['an empty key', 'service_key=', 'BAD_REQUEST', /service_key is empty/],
  ['NUL in the key', 'service_key=%00', 'BAD_REQUEST', /control characters/],
  ['bytes that are no UTF-8', 'service_key=%C3%28', 'BAD_REQUEST', /not valid UTF-8/],
  ['two keys', 'service_key=a&service_key=b', 'BAD_REQUEST', /^service_key/],
  ['two groups', 'group=a&group=b', 'BAD_REQUEST', /^group/],
  ['NUL in the group', 'group=%00', 'BAD_REQUEST', /NUL/],
  ['an unknown status', 'status=down,broken', 'BAD_REQUEST', /^status.*alive/],
  ['no status', 'status=', 'BAD_REQUEST', /^status/],
  ['two statuses apart', 'status=down&status=dead', 'BAD_REQUEST', /^status/],
  ['a limit in words', 'limit=abc', 'BAD_REQUEST', /^limit/],
  ['an empty limit', 'limit=', 'BAD_REQUEST', /^limit/],
  ['a limit of nothing', 'limit=0', 'BAD_REQUEST', /^limit/],
  ['a negative limit', 'limit=-1', 'BAD_REQUEST', /^limit/],
  ['half a limit', 'limit=1.5', 'BAD_REQUEST', /^limit/],
  ['a huge limit', 'limit=1e9', 'BAD_REQUEST', /^limit/],
  ['an infinite limit', 'limit=Infinity', 'BAD_REQUEST', /^limit/],
  ['two limits', 'limit=1&limit=2', 'BAD_REQUEST', /^limit/],
  ['a cursor that is none', 'cursor=%21%21', 'BAD_REQUEST', /^cursor is not one that/],
  ['a cursor of bytes that are no text', 'cursor=_w', 'BAD_REQUEST', /^cursor is not one that/],
  ['a cursor that means NUL', 'cursor=AA', 'BAD_REQUEST', /NUL|cursor/],
  ['a cursor without end', `cursor=${'A'.repeat(1_001)}`, 'BAD_REQUEST', /^cursor/],
])('a question for the status with %s is refused', async (_fault, query, code, message) => {
  expectRefusal(await ask(`/status?${query}`, { method: 'GET' }), code, message)
})

test('nothing of all that was registered, and a good heartbeat still is', async () => {
  await app.beat('good')
  await app.beat('😀'.repeat(200))
  const { services } = await app.api.status.query()
  expect(services.map(({ serviceKey }) => serviceKey)).toEqual(['good', '😀'.repeat(200)])
})
