import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { type Load, report, startLoad } from '../helpers/faultLoad.ts'
import { type ServerProcess, startServer } from '../helpers/process.ts'
import { startProxy } from '../helpers/proxy.ts'

const LONGEST = { timeout: 120_000 }
const LONGEST_STOP_MS = 10_000

type Line = Awaited<ReturnType<typeof startProxy>>

interface Loaded {
  server: ServerProcess
  /** The proxy between the server and its database. */
  line: Line
  load: Load
  databaseUrl: string
}

async function startLoaded(): Promise<Loaded> {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  const databaseUrl = (home.env as { DATABASE_URL: string }).DATABASE_URL
  const line = await startProxy(databaseUrl)
  const server = await startServer({ DATABASE_URL: line.url })
  const load = startLoad(() => [server.url])
  await expect.poll(() => load.answered(), { timeout: 40_000 }).toBeGreaterThan(100)
  return { server, line, load, databaseUrl }
}

/** Ends the server in time. @returns its log from the signal on, without the line that the database is away */
async function endInTime(name: string, { server, load, databaseUrl }: Loaded): Promise<string[]> {
  const askedAt = performance.now()
  expect(await server.end('SIGTERM')).toEqual({ code: 0 })
  const tookMs = performance.now() - askedAt
  const lost = await load.lost(databaseUrl)
  report(`SIGTERM, ${name}`, { answered: load.answered(), lost, took: `${(tookMs / 1000).toFixed(1)} s` })
  expect(tookMs).toBeLessThan(LONGEST_STOP_MS)
  expect(lost).toBe(0)
  expect(load.strange).toEqual([])
  const messages = server.told.map((text) => JSON.parse(text).msg as string)
  const said = messages.slice(messages.indexOf('SIGTERM: finishing what was accepted'))
  const others = said.filter((text) => !text.startsWith('the database cannot be reached'))
  expect(said.length - others.length).toBeLessThanOrEqual(1)
  return others
}

test.runIf(onPostgres)('SIGTERM while the database is away is one line in the log', LONGEST, async () => {
  const loaded = await startLoaded()
  loaded.line.cut()
  await expect.poll(() => loaded.server.told.at(-1)).toMatch(/the database cannot be reached/)
  expect(await endInTime('database away', loaded)).toEqual(['SIGTERM: finishing what was accepted'])
})

test.runIf(onPostgres)('SIGTERM just when the database goes away is one line in the log too', LONGEST, async () => {
  const loaded = await startLoaded()
  loaded.line.cut()
  expect(await endInTime('database goes away', loaded)).toEqual(['SIGTERM: finishing what was accepted'])
})

test.runIf(onPostgres).for([
  ['on the connections that there are', (line: Line) => line.freeze()],
  ['at all', (line: Line) => line.silence()],
] as const)('SIGTERM while the database answers nothing %s is in time too', LONGEST, async ([how, fallSilent]) => {
  const loaded = await startLoaded()
  fallSilent(loaded.line)
  expect(await endInTime(`database answers nothing ${how}`, loaded)).toEqual([
    'SIGTERM: finishing what was accepted',
    'the database does not answer; leaving after 9 s without it: nothing that was answered is lost',
  ])
})
