import { type Attack, call, JSON_TYPE, type Target } from './attack.ts'
import type { Request } from './wire.ts'

const FOREIGN: Record<string, string>[] = [
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'http://127.0.0.1.evil.example' },
  { Origin: 'file://' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example', 'X-Requested-With': 'XMLHttpRequest' },
]

/** Requests of other sites from a signed-in browser (CSRF), and forged cookies. */
export function sessions({ cookie, oldCookie, owner }: Target): Attack[] {
  const token = cookie.split('=')[1] ?? ''
  const asks: Request[] = [
    { path: '/status' },
    { path: '/trpc/status' },
    { path: '/trpc/onHeartbeat' },
    call('heartbeat', {}),
  ]
  return [
    ...FOREIGN.flatMap((foreign) => [
      ...asks.map((ask) => ({
        name: `${ask.path} from ${JSON.stringify(foreign)}`,
        request: { ...ask, headers: { ...ask.headers, Cookie: cookie, ...foreign } },
        expect: [403],
      })),
      {
        name: `signs out from ${JSON.stringify(foreign)}`,
        request: session('DELETE', { Cookie: cookie, ...foreign }),
        expect: [403],
      },
      {
        name: `signs in from ${JSON.stringify(foreign)}`,
        request: session('POST', { ...JSON_TYPE, ...foreign }, JSON.stringify({ key: owner })),
        expect: [403],
      },
    ]),
    ...[
      ['of somebody who has signed out', oldCookie],
      ['cut short', cookie.slice(0, -1)],
      ['with one letter more', `${cookie}A`],
      ['chosen by the caller', 'stillbeat_session=chosen'],
      ['of an empty token', 'stillbeat_session='],
      ['in another case', cookie.toUpperCase()],
      ['tossed before the real one', `stillbeat_session=tossed; ${cookie}`],
      ['by another name', `session=${token}; __Host-stillbeat_session=${token}`],
      ['of JSON', 'stillbeat_session=j:{"scope":"admin"}'],
      ['of __proto__', `__proto__=${token}; constructor=${token}`],
      ['of 200 cookies', `${'a=b; '.repeat(200)}stillbeat_session=x`],
    ].map(([name, Cookie = '']) => ({
      name: `a cookie ${name}`,
      request: { path: '/status', headers: { Cookie } },
      expect: [401],
    })),
    {
      name: 'a session that was fixed beforehand',
      request: { path: '/session', headers: { Cookie: 'stillbeat_session=fixed' } },
      expect: [200],
    },
    ...[{}, { key: null }, { key: [owner] }, { key: { toString: owner } }, { key: 1 }].map((body) => ({
      name: `signs in with ${Object.keys(body).length ? typeof body.key : 'nothing'} ${JSON.stringify(body.key)?.slice(0, 4)}`,
      request: session('POST', JSON_TYPE, JSON.stringify(body)),
      expect: [400],
    })),
    { name: 'signs in with the key in the address', request: session('POST', {}, '', `?key=${owner}`), expect: [400] },
    {
      name: 'signs in by text/plain',
      request: session('POST', { 'Content-Type': 'text/plain' }, `{"key":"${owner}"}`),
      expect: [400],
    },
  ]
}

const session = (method: string, headers: Record<string, string>, body = '', search = ''): Request => ({
  method,
  path: `/session${search}`,
  headers,
  body,
})
