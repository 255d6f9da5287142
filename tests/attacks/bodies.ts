import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Attack, bearer, call, FORM_TYPE, HARMLESS, JSON_TYPE, REFUSED, type Target } from './attack.ts'
import type { Request } from './wire.ts'

const MEGABYTE = 1024 * 1024
const BOMB = JSON.stringify({ service_key: 'bomb', metadata: { a: ' '.repeat(10 * MEGABYTE) } })
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

const DOORS = ['/heartbeat', '/trpc/heartbeat', '/trpc/services.configure', '/session']

/** Bodies that are too large, too deep, compressed, or of another type than they say. */
export function bodies({ owner }: Target): Attack[] {
  const headers = bearer(owner)
  const post = (path: string, body: string | Uint8Array, more: Record<string, string> = {}): Request => ({
    method: 'POST',
    path,
    headers: { ...headers, ...JSON_TYPE, ...more },
    body,
  })
  const beat = '{"service_key":"inj-body","serviceKey":"inj-body"}'
  return DOORS.flatMap((path) => [
    ...Object.entries({ gzip: gzipSync(BOMB), br: brotliCompressSync(BOMB), deflate: deflateSync(BOMB) }).flatMap(
      ([coding, packed]) => [
        {
          name: `a bomb in ${coding} at ${path}`,
          request: post(path, packed, { 'Content-Encoding': coding }),
          expect: [...REFUSED],
        },
        { name: `a bomb in ${coding} that hides it at ${path}`, request: post(path, packed), expect: REFUSED },
      ],
    ),
    {
      name: `a bomb in two layers at ${path}`,
      request: post(path, gzipSync(gzipSync(BOMB)), { 'Content-Encoding': 'gzip, gzip' }),
      expect: REFUSED,
    },
    { name: `2 MB at ${path}`, request: post(path, 'x'.repeat(2 * MEGABYTE)), expect: [0, 413] },
    { name: `one byte too many at ${path}`, request: post(path, ' '.repeat(64 * 1024 + 1)), expect: [0, 413] },
    {
      name: `2 MB in chunks at ${path}`,
      request: chunked(path, owner, `${(2 * MEGABYTE).toString(16)}\r\n${'x'.repeat(2 * MEGABYTE)}\r\n0\r\n\r\n`),
      expect: [0, 400, 413],
    },
    {
      name: `a chunk without an end at ${path}`,
      request: chunked(path, owner, `5\r\n{"a":\r\nzz\r\n`),
      expect: [0, 400],
    },
    { name: `depth 10,000 of lists at ${path}`, request: post(path, nested('[', ']', 10_000)), expect: REFUSED },
    {
      name: `depth 10,000 of objects at ${path}`,
      request: post(path, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
      expect: REFUSED,
    },
    {
      name: `10,000 fields at ${path}`,
      request: post(path, `{${Array.from({ length: 9_000 }, (_, n) => `"${n}":1`).join()}}`),
      expect: [...REFUSED],
    },
    {
      name: `a number of 60,000 digits at ${path}`,
      request: post(path, `{"service_key":${'9'.repeat(60_000)}}`),
      expect: REFUSED,
    },
    { name: `no JSON at ${path}`, request: post(path, '{"service_key":'), expect: REFUSED },
    {
      name: `bytes that are no UTF-8 at ${path}`,
      request: post(path, Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d)),
      expect: REFUSED,
    },
    {
      name: `UTF-16 at ${path}`,
      request: post(path, Buffer.from(beat, 'utf16le'), { 'Content-Type': 'application/json; charset=utf-16' }),
      expect: REFUSED,
    },
    ...[
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'text/xml',
      'application/octet-stream',
      'application/x-protobuf',
      'text/html',
      `application/json${';a=b'.repeat(500)}`,
      'application/json\tx',
      '/',
      ';',
    ].map((type) => ({
      name: `${type.slice(0, 40)} at ${path}`,
      request: post(path, beat, { 'Content-Type': type }),
      expect: HARMLESS,
    })),
    {
      name: `a form of files at ${path}`,
      request: post(
        path,
        `--x\r\nContent-Disposition: form-data; name="__proto__"; filename="../../x"\r\n\r\n${'a'.repeat(1_000)}\r\n--x--`,
        {
          'Content-Type': 'multipart/form-data; boundary=x',
        },
      ),
      expect: HARMLESS,
    },
    { name: `a form of 60,000 signs at ${path}`, request: post(path, '&='.repeat(30_000), FORM_TYPE), expect: REFUSED },
  ]).concat([
    {
      name: 'metadata over its depth',
      request: call(
        'heartbeat',
        `{"serviceKey":"inj-deep","metadata":${`{"a":`.repeat(21)}1${'}'.repeat(21)}}`,
        headers,
      ),
      expect: [400],
    },
    {
      name: 'output of 60 kB is cut, not refused',
      request: call('signal', { serviceKey: 'inj-run', kind: 'log', output: 'o'.repeat(60_000) }, headers),
      expect: [200],
    },
  ])
}

const chunked = (path: string, key: string, chunks: string) =>
  `POST ${path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`
