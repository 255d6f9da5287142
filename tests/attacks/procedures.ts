import type { Scope } from '../../server/keys/caller.ts'
import { appRouter } from '../../server/router.ts'
import type { Request } from './wire.ts'

/** The exceptions: any other mutation needs `admin`, and any other query or subscription `read`. */
const OTHERWISE: Record<string, Scope | 'open'> = {
  heartbeat: 'ping',
  signal: 'ping',
  publicGroup: 'open',
  'keys.list': 'admin',
}

/** Every procedure of the router, so that a new one is attacked too. */
export const procedures = Object.entries(appRouter._def.procedures).map(([name, procedure]) => {
  const { type } = (procedure as { _def: { type: 'query' | 'mutation' | 'subscription' } })._def
  return { name, type, scope: OTHERWISE[name] ?? (type === 'mutation' ? 'admin' : 'read') }
})

export function ask({ name, type }: (typeof procedures)[number], headers: Request['headers']): Request {
  const path = `/trpc/${name}`
  if (type !== 'mutation') return { path: `${path}?input=%7B%7D`, headers: headers ?? {} }
  return { method: 'POST', path, headers: { 'Content-Type': 'application/json', ...headers }, body: '{}' }
}
