import { type Attack, bearer, call, query, type Target } from './attack.ts'
import { type Request, send } from './wire.ts'

const TIMES = 100

/** What a ping key stores without end, and what it costs whoever reads it then. */
export function growth({ ping, read }: Target): Attack[] {
  const serviceKey = 'inj-growth'
  const signal = (more: object) => call('signal', { serviceKey, ...more }, bearer(ping))
  const ask = (procedure: string, more: object = {}): Request => ({
    path: query(procedure, { serviceKey, ...more }),
    headers: bearer(read),
  })
  const stored: [string, (n: number) => Request][] = [
    ['output of control characters', () => signal({ kind: 'log', output: '\u0001'.repeat(9_900) })],
    ['metadata of as many values as may be', () => call('heartbeat', metadataOf(999), bearer(ping))],
    ['a failure after a success', (n) => signal({ kind: n % 2 === 0 ? 'success' : 'fail' })],
  ]
  const asked: [string, Request][] = [
    ['all of its heartbeats', ask('heartbeats', { limit: 1_000 })],
    ['all of its history', ask('history', { limit: 1_000 })],
    ['its up-time', ask('uptime')],
    ['the settings of all', { path: query('services.list', { limit: 1_000 }), headers: bearer(read) }],
  ]
  return [
    {
      name: 'metadata of more values than may be',
      request: call('heartbeat', metadataOf(3_300), bearer(ping)),
      expect: [400],
    },
    { name: 'a cursor that nobody gave', request: ask('heartbeats', { cursor: '1-1; drop' }), expect: [400, 404] },
    ...stored.map(([name, request]) => ({
      name: `${TIMES} × ${name}`,
      request: async ({ url }: Target) => (await inTurn(TIMES, (n) => send(url, request(n)))) ?? send(url, ''),
      expect: [200],
    })),
    ...asked.map(([name, request]) => ({ name, request, expect: [200, 404] })),
  ]

  function metadataOf(values: number) {
    return { serviceKey, metadata: { a: Array(values).fill({}) } }
  }
}

/** Sends requests one after the other. @returns the first answer that is not 200, else the last */
async function inTurn(times: number, one: (n: number) => ReturnType<typeof send>) {
  let last: Awaited<ReturnType<typeof send>> | undefined
  for (let n = 0; n < times && (last?.status ?? 200) === 200; n++) last = await one(n)
  return last
}
