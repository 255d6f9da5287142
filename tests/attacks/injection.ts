import { type Attack, bearer, call, FORM_TYPE, HARMLESS, JSON_TYPE, query, REFUSED, type Target } from './attack.ts'

const TEXTS: [string, string][] = [
  ['SQL that ends a text', "'; drop table services; --"],
  ['SQL that is always true', "' or 1=1 --"],
  ['SQL that waits', "'||pg_sleep(30)||'"],
  ['a parameter of SQL', '$1 ?1 :name'],
  ['a wildcard', '%'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['SVG', '"/><foreignObject onload=alert(1)>'],
  ['a template', '{{7*7}}<%= 7*7 %>#{7*7}'],
  ['a header', 'x\r\nSet-Cookie: a=b\r\n\r\n<html>'],
  ['an event', 'x\n\nevent: message\ndata: {}\n\n'],
  ['a path', '../../../../etc/passwd'],
  ['a NUL', 'a\0b'],
  ['a right-to-left mark', '\u202Egnp.exe'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['a spread of emoji', '👩‍👩‍👧‍👦'.repeat(30)],
  ['a command', '$(reboot)`reboot`|reboot'],
  ['a lookup', '%{jndi:ldap://127.0.0.1/a}'],
]

/** JSON values that `JSON.stringify` would not write. */
const VALUES: [string, string][] = [
  ['a lone surrogate', '"\\ud800"'],
  ['a huge number', '1e400'],
  ['the largest integer', '9223372036854775808'],
  ['a number below zero', '-1'],
  ['a fraction', '0.1'],
  ['NaN', 'NaN'],
  ['null', 'null'],
  ['true', 'true'],
  ['a list', '["canary"]'],
  ['an object', '{"$ne":null}'],
  ['__proto__', '{"__proto__":{"scope":"admin"}}'],
  ['a constructor', '{"constructor":{"prototype":{"scope":"admin"}}}'],
  ['depth 10,000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
]

const SETTINGS = [
  'displayName',
  'group',
  'kind',
  'schedule',
  'timezone',
  'mutedUntil',
  'mutedBy',
  'aliases',
  'metadata',
  'graceSeconds',
]

export function injection({ owner }: Target): Attack[] {
  const headers = bearer(owner)
  const set = (field: string, json: string) =>
    call('services.configure', `{"serviceKey":"inj-set","${field}":${json}}`, headers)
  return [
    ...TEXTS.flatMap(([name, text]) => {
      const json = JSON.stringify(text)
      const encoded = encodeURIComponent(text)
      const requests = {
        'the path': { method: 'POST', path: `/heartbeat/inj-${encoded}`, headers },
        'a form': {
          method: 'POST',
          path: '/heartbeat',
          headers: { ...headers, ...FORM_TYPE },
          body: `service_key=inj-${encoded}`,
        },
        'the status of one': { path: `/status?service_key=${encoded}`, headers },
        'the group asked for': { path: `/status?group=${encoded}`, headers },
        'the status asked for': { path: `/status?status=${encoded}`, headers },
        'the cursor': { path: `/status?limit=1&cursor=${encoded}`, headers },
        'the badge': { path: `/badge/${encoded}.svg`, headers },
        'the label of a badge': { path: `/badge/canary.svg?label=${encoded}`, headers },
        'the name of a parameter': { path: `/status?${encoded}=1`, headers },
        'the id of an event': {
          path: query('onTransition', { lastEventId: text }),
          headers,
          leaveAfter: 'event: connected',
        },
        'the time asked for': { path: query('history', { since: text }), headers },
        'the group of a history': { path: query('history', { group: text }), headers },
        'a public group': { path: query('publicGroup', { group: text }) },
        'an alert': { path: query('alert', { alertId: text }), headers },
        'a preview': { path: query('schedulePreview', { schedule: text, timezone: text }), headers },
        'a run': call('signal', { serviceKey: 'inj-run', kind: 'start', runId: text }, headers),
        'a message': call('signal', { serviceKey: 'inj-run', kind: 'log', message: text, output: text }, headers),
        'the name of a key': call('keys.revoke', { id: text }, headers),
        ...Object.fromEntries(SETTINGS.map((field) => [field, set(field, field === 'aliases' ? `[${json}]` : json)])),
      }
      return Object.entries(requests).map(([place, request]) => ({
        name: `${name} in ${place}`,
        request,
        expect: HARMLESS,
      }))
    }),
    ...VALUES.flatMap(([name, json]) => [
      ...SETTINGS.map((field) => ({ name: `${name} as ${field}`, request: set(field, json), expect: HARMLESS })),
      { name: `${name} as a key`, request: call('heartbeat', `{"serviceKey":${json}}`, headers), expect: REFUSED },
      { name: `${name} as a heartbeat`, request: call('heartbeat', json, headers), expect: REFUSED },
      { name: `${name} as a limit`, request: { path: query('status', `{"limit":${json}}`), headers }, expect: REFUSED },
      {
        name: `${name} as the number of a key`,
        request: call('keys.revoke', `{"id":${json}}`, headers),
        expect: REFUSED,
      },
      {
        name: `${name} as metadata`,
        request: {
          method: 'POST',
          path: '/heartbeat/inj-meta',
          headers: { ...headers, ...JSON_TYPE },
          body: `{"metadata":{"a":${json}}}`,
        },
        expect: HARMLESS,
      },
    ]),
    ...[
      '__proto__[scope]=admin',
      'constructor[prototype][scope]=admin',
      '__proto__=x',
      'toString=x',
      'service_key[]=canary',
      'service_key[$ne]=x',
    ].flatMap((text) => [
      { name: `${text} in the query`, request: { path: `/status?${text}` }, expect: [401] },
      { name: `${text} in the query of the owner`, request: { path: `/status?${text}`, headers }, expect: HARMLESS },
      {
        name: `${text} in a form`,
        request: { method: 'POST', path: '/heartbeat', headers: { ...headers, ...FORM_TYPE }, body: text },
        expect: REFUSED,
      },
    ]),
  ]
}
