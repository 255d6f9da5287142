import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'

type Kind = 'heartbeat' | Parameters<TestApp['api']['signal']['mutate']>[0]['kind']

/** Sends one signal a minute, each written `kind` or `kind run`. */
async function send(app: TestApp, ...signals: string[]): Promise<void> {
  for (const written of signals) {
    await app.clock.advance(MINUTE)
    const [kind, runId] = written.split(' ') as [Kind, string | undefined]
    if (kind === 'heartbeat') await app.beat('job')
    else await app.api.signal.mutate({ serviceKey: 'job', kind, runId })
  }
}

/** The ends of runs, oldest first, each with its length in minutes. */
async function ends(app: TestApp, page: { limit?: number; since?: string } = {}): Promise<string[]> {
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'job', limit: 1_000, ...page })
  for (const { kind, durationSeconds } of heartbeats) {
    if (kind !== 'success' && kind !== 'fail') expect(durationSeconds).toBe(null)
  }
  return heartbeats
    .filter(({ kind }) => kind === 'success' || kind === 'fail')
    .map(({ kind, details, durationSeconds: seconds }) => {
      const { runId = '' } = (details ?? {}) as { runId?: string }
      return `${kind} ${runId} ${seconds === null ? '–' : seconds / 60}`.replace('  ', ' ')
    })
    .reverse()
}

test.each<[string, string[], string[]]>([
  ['overlapping', ['start a', 'start b', 'success a', 'success b'], ['success a 2', 'success b 2']],
  ['nested', ['start a', 'start b', 'fail b', 'success a'], ['fail b 1', 'success a 3']],
  [
    'interleaved, three at once',
    ['start a', 'start b', 'start c', 'success b', 'success c', 'fail a'],
    ['success b 2', 'success c 2', 'fail a 5'],
  ],
  ['nested, without ids', ['start', 'start', 'success', 'success'], ['success 1', 'success 3']],
  ['with an id around one without', ['start a', 'start', 'success', 'success a'], ['success 1', 'success a 3']],
  ['without an id around one with it', ['start', 'start a', 'success', 'success a'], ['success 2', 'success a 2']],
  ['with a heartbeat inside', ['start a', 'heartbeat', 'success a'], ['success a 2']],
  ['with all else inside, without ids', ['start', 'log', 'heartbeat', 'attention', 'success'], ['success 4']],
  ['with signals of the run inside', ['start a', 'log a', 'attention a', 'success a'], ['success a 3']],
  ['told as ended twice', ['start a', 'success a', 'success a'], ['success a 1', 'success a –']],
  ['told as ended twice, without an id', ['start', 'fail', 'success'], ['fail 1', 'success –']],
  ['begun again under the same id', ['start a', 'start a', 'success a'], ['success a 1']],
  ['one after the other under one id', ['start a', 'fail a', 'start a', 'success a'], ['fail a 1', 'success a 1']],
  ['whose end has another id', ['start a', 'success b', 'success'], ['success b –', 'success –']],
  ['with an end that came first', ['success a', 'start a', 'success a'], ['success a –', 'success a 1']],
])('runs %s have their lengths, on every page', async (_title, signals, expected) => {
  const app = await startTestApp()
  await send(app, ...signals)
  expect(await ends(app)).toEqual(expected)
  for (let limit = 1; limit < signals.length; limit++) {
    const shown = await ends(app, { limit })
    expect(shown).toEqual(expected.slice(expected.length - shown.length))
  }
  const since = new Date(app.clock.now()).toISOString()
  expect(await ends(app, { since })).toEqual(expected.slice(-1))
})

test('an end that tells its own length still uses up its start', async () => {
  const app = await startTestApp()
  await send(app, 'start', 'start')
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'success', durationMs: 500 })
  await send(app, 'success', 'success')
  expect(await ends(app)).toEqual([`success ${0.5 / 60}`, 'success 2', 'success –'])
})

test('signals within one millisecond keep their order, also where a page ends among them', async () => {
  const app = await startTestApp()
  for (const kind of ['start', 'success', 'start', 'start', 'success', 'success', 'success'] as const) {
    await app.api.signal.mutate({ serviceKey: 'job', kind })
  }
  const expected = ['success 0', 'success 0', 'success 0', 'success –']
  expect(await ends(app)).toEqual(expected)
  for (let limit = 1; limit <= 7; limit++) {
    const shown = await ends(app, { limit })
    expect(shown).toEqual(expected.slice(expected.length - shown.length))
  }
})

test('the start is found thousands of heartbeats back, and the search for it ends', async () => {
  const app = await startTestApp()
  await send(app, 'start a', 'heartbeat')
  const fill = (count: number) =>
    sql`
    insert into heartbeats (service_id, at, kind)
    select service_id, at, 'heartbeat' from heartbeats cross join generate_series(1, ${count}) where kind = 'heartbeat'
  `.execute(app.database.db)
  await fill(4_000)
  await send(app, 'success a')
  expect(await ends(app, { limit: 1 })).toEqual(['success a 2'])
  await fill(1)
  expect(await ends(app, { limit: 1 })).toEqual(['success a –'])
})
