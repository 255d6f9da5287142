import { type Attack, call } from './attack.ts'
import { ask, procedures } from './procedures.ts'
import type { Request } from './wire.ts'

/** Headers that a foreign web page causes, also by DNS rebinding. */
const FOREIGN: Record<string, string>[] = [
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Host: 'evil.example' },
  { Host: 'evil.example:8765', Origin: 'http://evil.example:8765' },
  { Host: '127.0.0.1.evil.example' },
  { Host: 'localhost.evil.example' },
  { Origin: 'http://127.0.0.1@evil.example' },
  { Origin: 'http://localhost.evil.example' },
  { Host: '' },
  { Host: '0x7f.evil.example' },
]

const DOORS: Request[] = [
  { path: '/status' },
  { path: '/openapi.json' },
  { path: '/metrics' },
  call('services.remove', { serviceKey: 'canary' }),
  { ...call('services.remove', { serviceKey: 'canary' }), headers: { 'Content-Type': 'text/plain' } },
]

/** Requests to a monitor without API_KEY, which trusts everybody except foreign web pages. */
export const keyless = (): Attack[] =>
  FOREIGN.flatMap((headers) => [
    ...DOORS.map((door, index) => ({
      name: `${door.path} (${index}) from ${JSON.stringify(headers)}`,
      request: { ...door, headers: { ...door.headers, ...headers } },
      expect: [400, 403, 415],
    })),
    ...procedures
      .filter(({ scope }) => scope === 'read' || scope === 'admin')
      .map((procedure) => ({
        name: `${procedure.name} from ${JSON.stringify(headers)}`,
        request: ask(procedure, headers),
        expect: [400, 403],
      })),
  ])
