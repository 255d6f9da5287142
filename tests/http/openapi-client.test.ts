import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createClient } from '@hey-api/openapi-ts'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'

const app = await startTestApp({ stopAfter: afterAll })
const folder = await generate()

/** Generates a client from `/openapi.json` alone. */
async function generate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-openapi-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  await createClient({
    input: (await (await app.fetch('/openapi.json')).json()) as Record<string, unknown>,
    output: { path: join(folder, 'api'), tsConfigPath: null, module: { extension: '.js' } },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    logs: { level: 'silent', file: false },
  })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

/** Compiles programs that use the client. @returns the compiler's errors by the name of the program */
async function compile(programs: Record<string, string>): Promise<Record<string, string[]>> {
  const files = Object.keys(programs).map((name) => join(folder, `${name}.ts`))
  for (const [name, program] of Object.entries(programs)) {
    const head = `import { heartbeat, heartbeatByPath, ready, status, type Service } from './api/index.js'
      import { client } from './api/client.gen.js'
      client.setConfig({ baseUrl: ${JSON.stringify(app.url)} })`
    await writeFile(join(folder, `${name}.ts`), `${head}\n${program}`)
  }
  const compiled = ts.createProgram(files, {
    strict: true,
    skipLibCheck: false,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  })
  compiled.emit()
  const faults: Record<string, string[]> = {}
  for (const { file, messageText } of ts.getPreEmitDiagnostics(compiled)) {
    const name = basename(file?.fileName ?? 'options', '.ts')
    faults[name] = [...(faults[name] ?? []), ts.flattenDiagnosticMessageText(messageText, '\n')]
  }
  return faults
}

async function run(name: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(folder, `${name}.js`)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, out, err }
}

test('a client made from the description compiles strictly, sends a heartbeat and reads the status', async () => {
  const program = `
    const sent = await heartbeat({ body: { service_key: 'generated', metadata: { version: '1.2' } }, throwOnError: true })
    const literal: 'ok' = sent.data.status
    const again = await heartbeatByPath({ path: { service_key: 'generated' } })
    const isReady: 'ready' | undefined = (await ready()).data?.status
    const { data } = await status({ query: { service_key: 'generated' }, throwOnError: true })
    const service: Service | undefined = data.services[0]
    const state: 'unknown' | 'alive' | 'down' | 'dead' | undefined = service?.status
    const refused = await heartbeat({ body: { service_key: '' } })
    const why: string | undefined = refused.error?.error.message
    console.log(JSON.stringify([literal, again.data?.service_key, isReady, state, service?.heartbeat_count, why]))`
  expect(await compile({ right: program })).toEqual({})
  const { code, out, err } = await run('right')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(JSON.parse(out)).toEqual(['ok', 'generated', 'ready', 'unknown', 2, expect.stringContaining('service_key')])
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'generated' })
  expect(heartbeats).toHaveLength(2)
  expect(heartbeats.map(({ details }) => details)).toContainEqual({ metadata: { version: '1.2' } })
})

test('what the description does not have does not compile', async () => {
  const faults = await compile({
    'field of a body': `await heartbeat({ body: { serviceKey: 'x' } })`,
    'field of a query': `await status({ query: { services: 'x' } })`,
    'path left out': `await heartbeatByPath({})`,
    'type of a field': `await status({ query: { limit: 'many' } })`,
    'field of an answer': `console.log((await status()).data?.services[0]?.serviceKey)`,
    'literal of a status': `console.log((await status()).data?.services[0]?.status === 'asleep')`,
  })
  expect(faults).toEqual({
    'field of a body': [expect.stringContaining("'serviceKey' does not exist")],
    'field of a query': [expect.stringContaining("'services' does not exist")],
    'path left out': [expect.stringContaining("'path' is missing")],
    'type of a field': [expect.stringContaining("not assignable to type 'number'")],
    'field of an answer': [expect.stringContaining("'serviceKey' does not exist")],
    'literal of a status': [expect.stringContaining('no overlap')],
  })
})
