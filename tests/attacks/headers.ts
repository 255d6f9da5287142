import { type Attack, bearer, REFUSED, type Target } from './attack.ts'

/** Headers that some servers trust, whoever sends them. */
const CLAIMS: Record<string, string>[] = [
  { 'X-Forwarded-For': '127.0.0.1' },
  { 'X-Forwarded-For': "127.0.0.1, ' or 1=1 --" },
  { 'X-Forwarded-Host': 'localhost', 'X-Forwarded-Proto': 'https' },
  { 'X-Real-IP': '127.0.0.1', 'X-Client-IP': '::1', 'True-Client-IP': '127.0.0.1' },
  { Forwarded: 'for=127.0.0.1;host=localhost;proto=https' },
  { 'X-Original-URL': '/health', 'X-Rewrite-URL': '/health' },
  { 'X-HTTP-Method-Override': 'GET', 'X-Method-Override': 'GET' },
  { Host: 'localhost' },
  { Host: 'evil.example' },
  { Host: '127.0.0.1@evil.example' },
  { Origin: 'http://127.0.0.1' },
  { Referer: 'http://127.0.0.1/' },
  { 'X-User': 'admin', 'X-Scope': 'admin', 'X-Remote-User': 'root' },
  { 'trpc-accept': 'application/jsonl' },
  { 'Last-Event-ID': '0' },
  { Accept: 'text/event-stream' },
  { Upgrade: 'websocket', Connection: 'Upgrade, close', 'Sec-WebSocket-Key': 'x', 'Sec-WebSocket-Version': '13' },
  { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings, close', 'HTTP2-Settings': 'AAMAAABk' },
  { Range: 'bytes=0-,0-,0-,0-' },
  { 'If-None-Match': '*' },
  { Expect: '100-continue' },
  { 'Sec-Fetch-Site': 'same-origin' },
]

export function headers({ owner, cookie }: Target): Attack[] {
  const smuggled = 'GET /status HTTP/1.1\r\nHost: HOST\r\n\r\n'
  const post = (lines: string, body: string) => `POST /heartbeat/smuggled HTTP/1.1\r\nHost: HOST\r\n${lines}\r\n${body}`
  return [
    ...CLAIMS.flatMap((claim) =>
      ['/status', '/trpc/keys.list', '/metrics'].map((path) => ({
        name: `${path} with ${JSON.stringify(claim)}`,
        request: { path, headers: { Connection: 'close', ...claim } },
        expect: [400, 401, 403, 417],
      })),
    ),
    ...(
      [
        ['both lengths', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`)],
        ['two lengths', post('Content-Length: 0\r\nContent-Length: 40\r\n', smuggled)],
        ['a list of lengths', post('Content-Length: 0, 40\r\n', smuggled)],
        ['a negative length', post('Content-Length: -1\r\n', smuggled)],
        ['a length of letters', post('Content-Length: 0x10\r\n', smuggled)],
        ['a length with a sign', post('Content-Length: +5\r\n', smuggled)],
        ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`)],
        ['xchunked', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`)],
        ['chunked twice', post('Transfer-Encoding: chunked, chunked\r\n', `0\r\n\r\n${smuggled}`)],
        ['chunked, identity', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${smuggled}`)],
        ['a tab before chunked', post('Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${smuggled}`)],
        ['a folded header', post('X-A: a\r\n Transfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`)],
        ['a bare newline', `GET /status HTTP/1.1\nHost: HOST\nX-Api-Key: wrong\n\n`],
        ['a bare carriage return', 'GET /status HTTP/1.1\rHost: HOST\r\r'],
        ['a NUL in a header', `GET /status HTTP/1.1\r\nHost: HOST\r\nX-A: \0\r\n\r\n`],
        ['a NUL in a name', `GET /status HTTP/1.1\r\nHost: HOST\r\nX\0A: a\r\n\r\n`],
        ['an empty name', `GET /status HTTP/1.1\r\nHost: HOST\r\n: a\r\n\r\n`],
        ['no host', 'GET /status HTTP/1.1\r\n\r\n'],
        ['two hosts', 'GET /status HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
        ['no version', 'GET /status\r\n\r\n'],
        ['HTTP/0.9', 'GET /status HTTP/0.9\r\n\r\n'],
        ['HTTP/1.0', 'GET /status HTTP/1.0\r\n\r\n'],
        ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
        ['HTTP/9.9', 'GET /status HTTP/9.9\r\nHost: HOST\r\n\r\n'],
        ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(10)],
        ['nonsense', '\0\xff\xfe nonsense\r\n\r\n'],
        ['headers of 20 kB', `GET /status HTTP/1.1\r\nHost: HOST\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
        ['3,000 headers', `GET /status HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n${'X: y\r\n'.repeat(2_000)}\r\n`],
        ['a line without an end', `GET /${'a'.repeat(30_000)}`],
        [
          'a chunk extension of 20 kB',
          post('Connection: close\r\nTransfer-Encoding: chunked\r\n', `1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`),
        ],
        [
          'trailers that bring a key',
          post(
            'Connection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Api-Key\r\n',
            `0\r\nX-Api-Key: ${owner}\r\n\r\n`,
          ),
        ],
      ] as const
    ).map(([name, request]) => ({
      name: `on the wire: ${name}`,
      request,
      expect: [0, ...REFUSED, 413, 417, 426, 505],
    })),
    {
      name: 'the address of another site as the cookie domain',
      request: {
        method: 'DELETE',
        path: '/session',
        headers: { Host: 'evil.example', Origin: 'http://evil.example; Domain=x', Cookie: cookie },
      },
      expect: [400, 403],
    },
    {
      name: 'a key and a foreign page',
      request: {
        path: '/nothing',
        headers: { ...bearer(owner), Origin: 'https://evil.example', Host: 'evil.example' },
      },
      expect: [404],
    },
  ]
}
