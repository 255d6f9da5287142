import { allows } from '../../server/keys/caller.ts'
import { type Attack, bearer, call, FORM_TYPE, JSON_TYPE, type Target } from './attack.ts'
import { ask, procedures } from './procedures.ts'
import type { Request } from './wire.ts'

/** Calls with a key whose scope is too low. */
export function scopes(target: Target): Attack[] {
  return [
    ...(['ping', 'read'] as const).flatMap((scope) =>
      procedures
        .filter((procedure) => procedure.scope !== 'open' && !allows(scope, procedure.scope))
        .map((procedure) => ({
          name: `${procedure.name} with a ${scope} key`,
          request: ask(procedure, bearer(target[scope])),
          expect: [403],
        })),
    ),
    ...procedures
      .filter(({ scope }) => scope === 'admin')
      .map((procedure) => ({
        name: `${procedure.name} with the cookie of a read key`,
        request: ask(procedure, { Cookie: target.cookie }),
        expect: [403],
      })),
    ...['/status', '/openapi.json', '/metrics', '/status?key='].map((path) => ({
      name: `${path} with a ping key`,
      request: { path, headers: bearer(target.ping) },
      expect: [403],
    })),
    ...[target.ping, target.read].map((key, index) => ({
      name: `a backup with a ${index === 0 ? 'ping' : 'read'} key`,
      request: { method: 'POST', path: '/backup', headers: bearer(key) },
      expect: [403],
    })),
    {
      name: 'a backup with the cookie of a read key',
      request: { method: 'POST', path: '/backup', headers: { Cookie: target.cookie } },
      expect: [403],
    },
    { name: 'a ping key signs in', request: signIn(target.ping), expect: [403] },
    { name: 'a key limited to a prefix signs in', request: signIn(target.prefixed), expect: [403] },
    {
      name: 'a cookie where a heartbeat wants a key',
      request: { method: 'POST', path: '/heartbeat/canary', headers: { Cookie: target.cookie } },
      expect: [401],
    },
    ...[target.prefixed, target.grouped].flatMap((key, index) =>
      foreignBeats(key).map(([name, request]) => ({
        name: `${name} with a key limited to a ${index === 0 ? 'prefix' : 'group'}`,
        request,
        expect: [403],
      })),
    ),
    ...['SHOP-x', 'shop', ' sh op-x', 'ѕhop-x', 'x-shop-', 'shop_x', 'shop%2Dx', '\u200Bshop-x'].map((key) => ({
      name: `a key that nearly begins so: ${JSON.stringify(key)}`,
      request: beatFor(target.prefixed, key),
      expect: [403],
    })),
    {
      name: 'a key limited to a group takes a service into it',
      request: call('services.configure', { serviceKey: 'canary', group: 'Shop' }, bearer(target.grouped)),
      expect: [403],
    },
    {
      name: 'a heartbeat of a key limited to a group names the group',
      request: call('heartbeat', { serviceKey: 'canary', group: 'Shop' }, bearer(target.grouped)),
      expect: [400, 403],
    },
    {
      name: 'a read key makes itself a better one in a batch',
      request: call('keys.create?batch=1', { 0: { name: 'x', scope: 'admin' } }, bearer(target.read)),
      expect: [403],
    },
  ]
}

const signIn = (key: string): Request => ({
  method: 'POST',
  path: '/session',
  headers: JSON_TYPE,
  body: JSON.stringify({ key }),
})

const beatFor = (key: string, service: string): Request => ({
  method: 'POST',
  path: '/heartbeat',
  headers: { ...bearer(key), ...JSON_TYPE },
  body: JSON.stringify({ service_key: service }),
})

/** Heartbeats, through every door, of a service that a limited key may not send them for. */
function foreignBeats(key: string): [string, Request][] {
  const headers = bearer(key)
  const signals = ['start', 'success', 'fail', 'log', 'attention']
  return [
    ['by path', { method: 'POST', path: '/heartbeat/canary', headers }],
    ['by query', { method: 'POST', path: '/heartbeat?service_key=canary', headers }],
    ['by JSON', beatFor(key, 'canary')],
    [
      'by a form',
      { method: 'POST', path: '/heartbeat', headers: { ...headers, ...FORM_TYPE }, body: 'service_key=canary' },
    ],
    ['by its alias', beatFor(key, 'shop-alias')],
    ['with the key in the address', { method: 'POST', path: `/heartbeat/canary?key=${key}` }],
    ['by tRPC', call('heartbeat', { serviceKey: 'canary' }, headers)],
    ['with a group of its own', call('heartbeat', { serviceKey: 'canary', metadata: { group: 'Shop' } }, headers)],
    ...signals.map((kind): [string, Request] => [kind, call('signal', { serviceKey: 'canary', kind }, headers)]),
  ]
}
