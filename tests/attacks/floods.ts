import { type Attack, bearer, call, HARMLESS, query, type Target } from './attack.ts'
import { type Reply, type Request, send } from './wire.ts'

/** 503 is fine (load shedding): too many requests are refused, so that heartbeats need not wait. */
const SHED_AT_MOST = [200, 207, 503]

/** Many requests at once. The worst answer counts. */
export function floods({ owner, read, revoked }: Target): Attack[] {
  const headers = bearer(owner)
  const flood = (
    name: string,
    count: number,
    request: (n: number) => Request | string,
    expect: readonly number[],
  ): Attack => ({
    name: `${count} × ${name}`,
    request: async ({ url }) =>
      worst(await Promise.all(Array.from({ length: count }, (_, n) => send(url, request(n))))),
    expect,
  })
  return [
    flood('a heartbeat', 300, () => ({ method: 'POST', path: '/heartbeat/canary-flood', headers }), [200]),
    flood(
      'a batch of 100',
      20,
      () => ({ path: `/trpc/${Array(100).fill('status').join()}?batch=1&input=%7B%7D`, headers }),
      SHED_AT_MOST,
    ),
    flood('all services', 20, () => ({ path: '/status', headers }), SHED_AT_MOST),
    ...['summary', 'services.list', 'strips', 'history'].map((name) =>
      flood(
        `a batch of 20 × ${name}`,
        5,
        () => ({ path: `/trpc/${Array(20).fill(name).join()}?batch=1&input=%7B%7D`, headers }),
        SHED_AT_MOST,
      ),
    ),
    ...['explain', 'heartbeats', 'uptime', 'days'].map((name) =>
      flood(`a batch of 50 × ${name}`, 5, () => ({ path: ofOne(name, 50), headers }), SHED_AT_MOST),
    ),
    flood(
      'a batch of 100 with a wrong key',
      20,
      (n) => ({
        path: `/trpc/${Array(100).fill('status').join()}?batch=1&input=%7B%7D`,
        headers: { ...bearer('wrong'), 'X-Forwarded-For': `10.9.0.${n}` },
      }),
      [401],
    ),
    flood(
      'a stream of events',
      100,
      () => ({
        path: '/trpc/onHeartbeat',
        headers: { ...bearer(read), Accept: 'text/event-stream' },
        leaveAfter: 'event: connected',
      }),
      [200],
    ),
    flood(
      'a stream that asks for all that it has missed',
      100,
      () => ({
        path: '/trpc/onHeartbeat',
        headers: { ...bearer(owner), Accept: 'text/event-stream', 'Last-Event-ID': '1' },
        leaveAfter: 'herd-1"',
      }),
      [200],
    ),
    flood(
      'a stream for strangers',
      100,
      (n) => ({
        path: '/trpc/onTransition',
        headers: { Accept: 'text/event-stream', 'X-Forwarded-For': `10.9.1.${n}` },
      }),
      [401],
    ),
    flood(
      'a guess from one address',
      60,
      (n) => ({ path: '/status', headers: { ...bearer(`guess-${n}`), 'X-Forwarded-For': '10.9.2.1' } }),
      [401, 429],
    ),
    flood(
      'a guess at the sign-in',
      60,
      (n) => ({
        method: 'POST',
        path: '/session',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '10.9.2.2' },
        body: `{"key":"guess-${n}"}`,
      }),
      [401, 429],
    ),
    flood(
      'a replay of a revoked key',
      50,
      (n) => ({
        method: 'POST',
        path: '/heartbeat/canary',
        headers: { ...bearer(revoked), 'X-Forwarded-For': `10.9.3.${n}` },
      }),
      [401],
    ),
    flood(
      'a preview of a date that never comes',
      20,
      () => ({ path: query('schedulePreview', { schedule: '0 0 31 2 *' }), headers }),
      HARMLESS,
    ),
    flood(
      'a change of one service',
      50,
      (n) => call('services.configure', { serviceKey: 'inj-race', displayName: `${n}` }, headers),
      [200, 409],
    ),
    flood(
      'pipelined requests',
      20,
      () =>
        `${'GET /status HTTP/1.1\r\nHost: HOST\r\n\r\n'.repeat(90)}GET /status HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`,
      [401],
    ),
    flood(
      'tens of thousands of pipelined requests',
      2,
      () => 'GET /ready HTTP/1.1\r\nHost: HOST\r\n\r\n'.repeat(50_000),
      [0, 200],
    ),
    flood('an address that is not there', 200, (n) => ({ path: `/nothing-${n}` }), [404]),
  ]
}

/** A batch that asks the same about one service many times. */
const ofOne = (procedure: string, times: number) =>
  `/trpc/${Array(times).fill(procedure).join()}?batch=1&input=${encodeURIComponent(
    JSON.stringify({ ...Array(times).fill({ serviceKey: 'canary' }) }),
  )}`

/** Slow requests, which run into the server's timeouts: 10 s for headers, 30 s for a request. */
export function slow({ owner }: Target): Attack[] {
  const unended = (name: string, text: string): Attack => ({
    name: `50 × ${name}`,
    request: async ({ url }) => worst(await Promise.all(Array.from({ length: 50 }, () => send(url, text)))),
    expect: [0, 400, 408],
  })
  const post = (lines: string) => `POST /heartbeat/slow HTTP/1.1\r\nHost: HOST\r\nX-Api-Key: ${owner}\r\n${lines}`
  return [
    unended('headers without an end', post('X-A: a\r\n')),
    unended('half a first line', 'GET /sta'),
    unended('a body that is shorter than it says', post('Content-Length: 60000\r\n\r\n{"metadata":')),
    unended('a chunk of 16 exabytes', post('Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx')),
    unended('a body that waits to be asked for', post('Content-Length: 10\r\nExpect: 100-continue\r\n\r\n')),
  ]
}

/** Finds the worst answer: a 500, then one that let somebody in. */
function worst(replies: Reply[]): Reply {
  const rank = ({ status }: Reply) => (status >= 500 ? 3 : status >= 200 && status < 300 ? 2 : status === 0 ? 1 : 0)
  const [first, ...others] = replies
  if (!first) throw new Error('nothing was asked')
  return others.reduce((one, other) => (rank(other) > rank(one) ? other : one), first)
}
