import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'
import { expect, onTestFinished, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import type { Target } from '../attacks/attack.ts'
import { auth } from '../attacks/auth.ts'
import { bodies } from '../attacks/bodies.ts'
import { floods, slow } from '../attacks/floods.ts'
import { growth } from '../attacks/growth.ts'
import { headers } from '../attacks/headers.ts'
import { injection } from '../attacks/injection.ts'
import { attackWith, type Family } from '../attacks/judge.ts'
import { keyless } from '../attacks/keyless.ts'
import { paths } from '../attacks/paths.ts'
import { patterns } from '../attacks/patterns.ts'
import type { Probed } from '../attacks/probe.ts'
import { scopes } from '../attacks/scopes.ts'
import { sessions } from '../attacks/sessions.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { startServer } from '../helpers/process.ts'

const OWNER = 'correct-horse-battery-staple'
const HERD = 1_000
/** Generous bounds, since on a busy machine an answer also waits for a core. */
const HEALTH_MOSTLY_WITHIN_MS = 100
const HEALTH_ALWAYS_WITHIN_MS = 3_000
/** The timeout of clients that send heartbeats. */
const HEARTBEATS_WITHIN_MS = 10_000

const families = { auth, scopes, sessions, injection, bodies, paths, headers, patterns, growth, floods }

test('no attack gets in, breaks anything, or keeps the server from answering and heartbeats from being stored', {
  timeout: 180_000,
}, async () => {
  const server = await serve({ API_KEY: OWNER, TRUST_PROXY: 'loopback' })
  const owner = clientOf(server.url)
  const target = await prepare(server.url, owner)
  const stateOf = async () => ({
    canary: await owner.services.get.query({ serviceKey: 'canary' }),
    heartbeats: (await owner.status.query({ serviceKey: 'canary' })).services[0]?.heartbeatCount,
    keys: (await owner.keys.list.query()).map(({ lastUsedAt, ...key }) => key),
  })
  const before = await stateOf()

  const probing = probe(server.url, target.ping)
  const slowOnes = attackWith('slow', slow(target), target)
  const results: Family[] = []
  for (const [name, attacks] of Object.entries(families)) results.push(await attackWith(name, attacks(target), target))
  results.push(await slowOnes)
  const { health, heartbeats } = await probing.end()

  const open = await serve({})
  await clientOf(open.url).heartbeat.mutate({ serviceKey: 'canary' })
  results.push(await attackWith('keyless', keyless(), { ...target, url: open.url }))
  expect((await clientOf(open.url).status.query()).services.map(({ serviceKey }) => serviceKey)).toEqual(['canary'])

  const sum = (of: 'cases' | 'gotIn' | 'faults') => results.reduce((total, family) => total + family[of], 0)
  console.table(results.map(({ family, cases, gotIn, faults }) => ({ family, cases, 'got in': gotIn, '500s': faults })))
  const where = onPostgres ? 'postgres' : 'embedded'
  process.stdout.write(
    `attacks: ${where}: ${sum('cases')} cases, got in ${sum('gotIn')}, 500s ${sum('faults')}; /health ${inWords(health)}; heartbeats ${inWords(heartbeats)}\n`,
  )
  expect(await stateOf()).toEqual(before)
  const keys = (await owner.status.query({ limit: 10_000 })).services.map(({ serviceKey }) => serviceKey)
  expect(keys.filter((key) => !/^(canary|canary-flood|herd-|inj-)/.test(key))).toEqual([])
  expect((await owner.groups.list.query()).groups.filter((group) => group.public)).toEqual([])
  expect(server.told.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
  for (const secret of [OWNER, target.ping, target.read]) expect(server.told.join('\n')).not.toContain(secret)

  expect(results.flatMap(({ family, wrong }) => wrong.map((said) => `${family}: ${said}`))).toEqual([])
  expect(sum('cases')).toBeGreaterThan(1_000)
  expect({ gotIn: sum('gotIn'), faults: sum('faults') }).toEqual({ gotIn: 0, faults: 0 })
  expect({ health: health.failures, heartbeats: heartbeats.failures }).toEqual({ health: 0, heartbeats: 0 })
  expect(health.asked).toBeGreaterThan(50)
  expect(health.median).toBeLessThan(HEALTH_MOSTLY_WITHIN_MS)
  expect(health.max).toBeLessThan(HEALTH_ALWAYS_WITHIN_MS)
  expect(heartbeats.max).toBeLessThan(HEARTBEATS_WITHIN_MS)
})

const inWords = ({ asked, median, p99, max }: Probed) =>
  `asked ${asked} times: median ${median} ms, 99 % ${p99} ms, max ${max} ms`

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

/** Makes what attacks aim at: services, keys of every scope, and sessions. */
async function prepare(url: string, owner: ReturnType<typeof clientOf>): Promise<Target> {
  const make = async (scope: 'ping' | 'read', limits: { group?: string; keyPrefix?: string } = {}) =>
    owner.keys.create.mutate({ name: `a ${scope} key`, scope, ...limits })
  const links = [httpBatchLink({ url: `${url}/trpc`, headers: { Authorization: `Bearer ${OWNER}` }, maxItems: 100 })]
  const herd = createTRPCClient<AppRouter>({ links })
  await Promise.all(Array.from({ length: HERD }, (_, n) => herd.heartbeat.mutate({ serviceKey: `herd-${n}` })))
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

/** Starts the program that measures `/health` and heartbeats during the attacks. */
function probe(url: string, key: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../attacks/probe.ts'), url, key], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    async end(): Promise<{ health: Probed; heartbeats: Probed }> {
      child.stdin.end()
      return JSON.parse(Buffer.concat(await child.stdout.toArray()).toString())
    },
  }
}
