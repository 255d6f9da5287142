import { type Attack, bearer, JSON_TYPE, type Target } from './attack.ts'
import { ask, procedures } from './procedures.ts'
import type { Request } from './wire.ts'

const CLOSED: Request[] = [
  { method: 'POST', path: '/heartbeat?service_key=intruder' },
  { method: 'POST', path: '/heartbeat/intruder' },
  { path: '/status' },
  { path: '/openapi.json' },
  { path: '/metrics' },
  { method: 'POST', path: '/backup' },
  { path: '/trpc/status' },
  { path: '/trpc/keys.list' },
  { path: '/trpc/onTransition' },
]

/** Credentials that must not work: wrong keys, and the right key sent in a wrong way. */
const ways = ({ owner, ping, revoked }: Target): [string, Request['headers']][] => [
  ['nothing', {}],
  ['an empty key', { Authorization: 'Bearer ' }],
  ['the empty X-Api-Key', { 'X-Api-Key': '' }],
  ['a wrong key', bearer('wrong-horse-battery')],
  ['the key in capitals', bearer(owner.toUpperCase())],
  ['half the key', bearer(owner.slice(0, owner.length / 2))],
  ['the key and more', bearer(`${owner}x`)],
  ['the key twice', bearer(`${owner}${owner}`)],
  ['the key in quotes', bearer(`"${owner}"`)],
  ['the key with a comma', bearer(`${owner},${owner}`)],
  ['the key and a blank', bearer(`${owner} x`)],
  ['the key in percent signs', bearer(encodeURIComponent(`${owner}/`))],
  ['the key by Basic', { Authorization: `Basic ${btoa(`:${owner}`)}` }],
  ['the key without a scheme', { Authorization: owner }],
  ['the key by Digest', { Authorization: `Digest ${owner}` }],
  ['the key as a cookie', { Cookie: `stillbeat_session=${owner}` }],
  ['the key in another header', { 'X-Auth-Token': owner, 'Api-Key': owner, Cookie: `key=${owner}` }],
  ['a wrong key before the right one', { Authorization: 'Bearer wrong', 'X-Api-Key': owner }],
  ['two X-Api-Keys', { 'X-Api-Key': ['wrong', owner] }],
  ['two Authorizations', { Authorization: ['Bearer wrong', `Bearer ${owner}`] }],
  ['a key that was revoked', bearer(revoked)],
  ['a key in another case', bearer(ping.replace('sb_', 'SB_'))],
  ['a stored key without its last letter', bearer(ping.slice(0, -1))],
  ['a hash instead of a key', bearer(`sb_${'A'.repeat(43)}`)],
  ['a pattern of SQL', { 'X-Api-Key': "sb_%' or '1'='1" }],
  ['a key of 8,000 letters', { 'X-Api-Key': 'k'.repeat(8_000) }],
  ['true', { 'X-Api-Key': 'true' }],
  ['undefined', bearer('undefined')],
  ['null', { Cookie: 'stillbeat_session=null' }],
]

export function auth(target: Target): Attack[] {
  return [
    ...CLOSED.flatMap((door) =>
      ways(target).map(([way, headers]) => ({
        name: `${door.method ?? 'GET'} ${door.path} with ${way}`,
        request: { ...door, headers: headers ?? {} },
        expect: [401],
      })),
    ),
    ...CLOSED.map((door) => ({
      name: `${door.method ?? 'GET'} ${door.path} with a NUL in the key`,
      request: { ...door, headers: bearer(`${target.owner}\0`) },
      expect: [400],
    })),
    ...CLOSED.filter(({ method }) => method === undefined).flatMap((door) => [
      { name: `the key in the address of ${door.path}`, request: keyInAddress(door, target), expect: [401] },
      {
        name: `HEAD ${door.path}`,
        request: { ...door, method: 'HEAD' },
        expect: door.path?.startsWith('/trpc') ? [204] : [401],
      },
      ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'STATUS'].map((method) => ({
        name: `${method} ${door.path}`,
        request: { ...door, method },
        expect: [0, 400, 401, 404, 405],
      })),
    ]),
    ...procedures
      .filter(({ scope }) => scope !== 'open')
      .map((procedure) => ({ name: `${procedure.name} by nobody`, request: ask(procedure, {}), expect: [401] })),
    {
      name: 'a batch with an open call in front',
      request: { path: '/trpc/publicGroup,keys.list?batch=1&input=%7B%220%22%3A%7B%22group%22%3A%22x%22%7D%7D' },
      expect: [207, 401],
    },
    {
      name: 'the key in a body',
      request: {
        method: 'POST',
        path: '/heartbeat/intruder',
        headers: JSON_TYPE,
        body: JSON.stringify({ key: target.owner, apiKey: target.owner }),
      },
      expect: [401],
    },
  ]
}

const keyInAddress = (door: Request, { owner }: Target): Request => ({
  ...door,
  path: `${door.path}?key=${owner}&api_key=${owner}&access_token=${owner}`,
})
