import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createTRPCClient, httpLink } from '@trpc/client'
import { expect, onTestFinished, test } from 'vitest'
import type { AppRouter } from '../server/router.ts'
import type { Target } from './attacks/attack.ts'
import { auth } from './attacks/auth.ts'
import { bodies } from './attacks/bodies.ts'
import { floods, slow } from './attacks/floods.ts'
import { headers } from './attacks/headers.ts'
import { injection } from './attacks/injection.ts'
import { attackWith, type Family } from './attacks/judge.ts'
import { keyless } from './attacks/keyless.ts'
import { paths } from './attacks/paths.ts'
import { patterns } from './attacks/patterns.ts'
import { scopes } from './attacks/scopes.ts'
import { sessions } from './attacks/sessions.ts'
import { createTestDatabase, onPostgres } from './helpers/database.ts'
import { startServer } from './helpers/process.ts'

const OWNER = 'correct-horse-battery-staple'
/** Of the answers of `/health`, half may take longer on a machine that does other things too. */
const HEALTH_WITHIN_MS = 100

const families = { auth, scopes, sessions, injection, bodies, paths, headers, patterns, floods }

test('no attack gets in, breaks anything, or keeps the server from answering', { timeout: 180_000 }, async () => {
  const server = await serve({ API_KEY: OWNER, TRUST_PROXY: 'loopback' })
  const owner = clientOf(server.url)
  const target = await prepare(server.url, owner)
  const stateOf = async () => ({
    canary: await owner.services.get.query({ serviceKey: 'canary' }),
    heartbeats: (await owner.status.query({ serviceKey: 'canary' })).services[0]?.heartbeatCount,
    keys: (await owner.keys.list.query()).map(({ lastUsedAt, ...key }) => key),
  })
  const before = await stateOf()

  const health = probe(server.url)
  const slowOnes = attackWith('slow', slow(target), target)
  const results: Family[] = []
  for (const [name, attacks] of Object.entries(families)) results.push(await attackWith(name, attacks(target), target))
  results.push(await slowOnes)
  const { asked, failures, ...times } = await health.end()

  const open = await serve({})
  await clientOf(open.url).heartbeat.mutate({ serviceKey: 'canary' })
  results.push(await attackWith('keyless', keyless(), { ...target, url: open.url }))
  expect((await clientOf(open.url).status.query()).services.map(({ serviceKey }) => serviceKey)).toEqual(['canary'])

  const sum = (of: 'cases' | 'gotIn' | 'faults') => results.reduce((total, family) => total + family[of], 0)
  console.table(results.map(({ family, cases, gotIn, faults }) => ({ family, cases, 'got in': gotIn, '500s': faults })))
  const where = onPostgres ? 'postgres' : 'embedded'
  process.stdout.write(
    `attacks: ${where}: ${sum('cases')} cases, got in ${sum('gotIn')}, 500s ${sum('faults')}; /health asked ${asked} times: median ${times.median} ms, 99 % ${times.p99} ms, max ${times.max} ms\n`,
  )
  expect(await stateOf()).toEqual(before)
  const keys = (await owner.status.query()).services.map(({ serviceKey }) => serviceKey)
  expect(keys.filter((key) => !/^(canary|canary-flood|inj-)/.test(key))).toEqual([])
  expect((await owner.groups.list.query()).groups.filter((group) => group.public)).toEqual([])
  expect(server.told.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
  for (const secret of [OWNER, target.ping, target.read]) expect(server.told.join('\n')).not.toContain(secret)

  expect(results.flatMap(({ family, wrong }) => wrong.map((said) => `${family}: ${said}`))).toEqual([])
  expect(sum('cases')).toBeGreaterThan(1_000)
  expect({ gotIn: sum('gotIn'), faults: sum('faults'), failures }).toEqual({ gotIn: 0, faults: 0, failures: 0 })
  expect(asked).toBeGreaterThan(50)
  expect(times.median).toBeLessThan(HEALTH_WITHIN_MS)
})

async function serve(env: Record<string, string>) {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  return startServer({ ...home.env, ...env })
}

function clientOf(url: string) {
  return createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/trpc`, headers: { Authorization: `Bearer ${OWNER}` } })],
  })
}

/** What there is to be had: a service, keys of every scope, and browsers that have signed in. */
async function prepare(url: string, owner: ReturnType<typeof clientOf>): Promise<Target> {
  const make = async (scope: 'ping' | 'read', limits: { group?: string; keyPrefix?: string } = {}) =>
    owner.keys.create.mutate({ name: `a ${scope} key`, scope, ...limits })
  await owner.heartbeat.mutate({ serviceKey: 'canary' })
  await owner.services.configure.mutate({
    serviceKey: 'canary',
    displayName: 'Canary',
    group: 'Bank',
    aliases: ['shop-alias'],
  })
  const [ping, read, revoked] = [await make('ping'), await make('read'), await make('read')]
  const [prefixed, grouped] = [await make('ping', { keyPrefix: 'shop-' }), await make('ping', { group: 'Shop' })]
  await owner.keys.revoke.mutate({ id: revoked.id })
  const signIn = async () => {
    const body = JSON.stringify({ key: read.secret })
    const answer = await fetch(`${url}/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  const [cookie, oldCookie] = [await signIn(), await signIn()]
  await fetch(`${url}/session`, { method: 'DELETE', headers: { Cookie: oldCookie } })
  return {
    url,
    owner: OWNER,
    ping: ping.secret,
    read: read.secret,
    prefixed: prefixed.secret,
    grouped: grouped.secret,
    revoked: revoked.secret,
    cookie,
    oldCookie,
  }
}

/** Asks for `/health` all the while. */
function probe(url: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'attacks/healthProbe.ts'), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    async end(): Promise<{ asked: number; failures: number; median: number; p99: number; max: number }> {
      child.stdin.end()
      return JSON.parse(Buffer.concat(await child.stdout.toArray()).toString())
    },
  }
}
