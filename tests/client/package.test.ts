import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { at, faultsOf, readProgram } from '../../client/build/program.ts'
import { startTestApp } from '../helpers/app.ts'
import { bundleForBrowser, webGlobals } from '../helpers/browser.ts'
import { type Consumer, installPackage, machineNode } from '../helpers/consumer.ts'
import { PLAIN, RIGHT, SAME, WRONG } from '../helpers/consumerPrograms.ts'
import { onPostgres } from '../helpers/database.ts'

const LARGEST_GZIPPED = 25_000
const WAIT = { timeout: 20_000, interval: 50 }
const say = (line: string) => process.stdout.write(`package: ${line}\n`)

let consumer: Consumer

// One run is enough: nothing here depends on the database.
describe.skipIf(onPostgres)('the package as it is published', () => {
  beforeAll(async () => {
    consumer = await installPackage()
  }, 300_000)
  afterAll(() => consumer?.remove())

  test('brings nothing along but tRPC', async () => {
    const { size } = await stat(consumer.tarball)
    say(
      `the tarball has ${size} bytes; npm installs ${consumer.locked.filter((name) => !name.includes('@typescript/')).join(', ')}`,
    )
    // TypeScript is a peer dependency of @trpc/client.
    const ours = consumer.locked.filter((name) => !/^node_modules\/(typescript|@typescript\/[^/]+)$/.test(name))
    expect(ours.toSorted()).toEqual(
      ['@stillbeat/client', '@trpc/client', '@trpc/server'].map((name) => `node_modules/${name}`),
    )
  })

  test('a strict program compiles, and each mistake is an error in its line', async () => {
    await writeFile(join(consumer.folder, 'right.ts'), RIGHT)
    await writeFile(join(consumer.folder, 'wrong.ts'), WRONG)
    const mistakes = WRONG.split('\n').flatMap((line, index) => (line.includes('// wrong') ? [index + 1] : []))
    expect(mistakes).toHaveLength(6)
    for (const options of [NODE, BROWSER]) {
      const faults = compile(['right.ts', 'wrong.ts'], options)
      const lines = faults.map((fault) => /wrong\.ts:(\d+) /.exec(fault)?.[1] ?? fault)
      expect(lines).toEqual(mistakes.map(String))
    }
  })

  test('the compiler that npm installs beside it agrees', async () => {
    const tsc = (...args: string[]) => consumer.run('node_modules/.bin/tsc', args)
    await writeFile(join(consumer.folder, 'right.ts'), RIGHT)
    const { stdout: version } = await tsc('--version')
    const flags = '--strict --noEmit --skipLibCheck false --types --target esnext --module nodenext'.split(' ')
    say(`compiled by TypeScript 6 and ${version.trim()}`)
    expect(await tsc('--ignoreConfig', ...flags, 'right.ts')).toMatchObject({ code: 0, stdout: '' })
  })

  test('its router is the one of the server', async () => {
    const built = await readFile(join(consumer.folder, 'node_modules/@stillbeat/client/router.d.ts'), 'utf8')
    const files = new Map([
      [at('tests/built.d.ts'), built],
      [at('tests/same.ts'), SAME],
    ])
    expect(faultsOf(readProgram([at('tests/same.ts')], files, { noUnusedLocals: false }))).toEqual([])
  })

  const nodes = { 'the project’s Node': process.execPath, 'the machine’s own Node': machineNode() }
  for (const [name, node] of Object.entries(nodes)) {
    test(`runs as plain JavaScript on ${name}`, async ({ skip }) => {
      if (!node) return skip('there is no node on the PATH outside node_modules')
      const { url, api } = await startTestApp()
      await writeFile(join(consumer.folder, 'plain.js'), PLAIN)
      const { code, stdout, stderr } = await consumer.run(node, ['plain.js'], { SERVICE_REGISTRY_URL: url })
      expect(code).toBe(0)
      expect(stderr).toMatch(/^(stillbeat: the function of "plain-a?sync" has ended, .* use job\(\)\n){2}$/)
      const { version, ...answers } = JSON.parse(stdout)
      say(`runs on Node ${version}`)
      expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(20)
      expect(answers).toEqual({ stored: true, sync: 'done', async: 'done', job: 'done', status: 'unknown' })
      const { heartbeats } = await api.heartbeats.query({ serviceKey: 'plain-sync' })
      expect(heartbeats.length).toBeGreaterThan(1)
      const { heartbeats: run } = await api.heartbeats.query({ serviceKey: 'plain-job' })
      // Both are stored in the same millisecond, so the order may vary.
      expect(run.map(({ kind }) => kind).toSorted()).toEqual(['start', 'success'])
    })

    test(`the command runs on ${name}`, async ({ skip }) => {
      if (!node) return skip('there is no node on the PATH outside node_modules')
      const { url } = await startTestApp()
      const stillbeat = (...args: string[]) =>
        consumer.run(node, ['node_modules/.bin/stillbeat', ...args], { SERVICE_REGISTRY_URL: url })
      expect(await stillbeat('--version')).toMatchObject({ code: 0, stdout: expect.stringContaining('0.1.0') })
      expect(await stillbeat('beat', 'by-command')).toMatchObject({ code: 0 })
      expect(await stillbeat('exec', 'by-exec', '--', node, '-e', 'console.log("out"); process.exit(3)')).toMatchObject(
        {
          code: 3,
          stdout: 'out\n',
        },
      )
      const { stdout } = await stillbeat('status', '--json')
      expect(stdout).toContain('by-command')
      expect(stdout).toContain('by-exec')
    })
  }

  test(`all of it, with tRPC, has less than ${LARGEST_GZIPPED} bytes in a browser, and works there`, async () => {
    await writeFile(join(consumer.folder, 'all.js'), "export * from '@stillbeat/client'\n")
    await writeFile(join(consumer.folder, 'one.js'), "export { heartbeat } from '@stillbeat/client'\n")
    const bundle = (entry: string) => bundleForBrowser(consumer.folder, entry)
    const [all, one] = [await bundle('all.js'), await bundle('one.js')]
    const size = gzipSync(all).length
    say(`in a browser ${all.length} bytes, ${size} gzipped; heartbeat alone ${gzipSync(one).length}`)
    expect(size).toBeLessThan(LARGEST_GZIPPED)

    const index = await readFile(join(consumer.folder, 'node_modules/@stillbeat/client/index.js'), 'utf8')
    expect(index).not.toMatch(/(from|import) ?['"]node:/)
    for (const [code] of index.matchAll(/import\([^)]*['"]node:/g)) expect(code).toContain('webpackIgnore: true')

    const { url, api } = await startTestApp()
    const { stillbeat } = runInNewContext(`${all}; globalThis`, webGlobals())
    expect(await stillbeat.heartbeat('browser', { url })).toBe(true)
    expect(await stillbeat.job('browser-job', () => 'done', { url })).toBe('done')
    expect(stillbeat.heartbeatForSync('browser-sync', { url })(() => 'done')()).toBe('done')
    await vi.waitFor(async () => {
      const { services } = await api.status.query()
      expect(services.map(({ serviceKey }) => serviceKey)).toEqual(['browser', 'browser-job', 'browser-sync'])
    }, WAIT)
  })

  test('publint has nothing to say', async () => {
    const tarball = new Uint8Array(await readFile(consumer.tarball)).buffer
    const { messages } = await publint({ pack: { tarball }, strict: true })
    expect(messages).toEqual([])
  })

  test('are the types wrong? no', async () => {
    // The package has only ESM, which Node can also `require` since 20.19.
    const attw = join(
      dirname(fileURLToPath(import.meta.resolve('@arethetypeswrong/cli/package.json'))),
      'dist/index.js',
    )
    const { code, stdout } = await consumer.run(process.execPath, [attw, consumer.tarball, '--profile', 'esm-only'])
    expect(code, stdout).toBe(0)
  })
})

// The default `lib` stays, since tRPC's types, which are checked too, need the DOM's and `Disposable`.
const NODE = { module: ts.ModuleKind.NodeNext, typeRoots: [at('node_modules/@types')], types: ['node'] }
const BROWSER = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
  types: [],
}

function compile(files: string[], options: ts.CompilerOptions): string[] {
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true }
  const paths = files.map((file) => join(consumer.folder, file))
  return faultsOf(ts.createProgram(paths, { ...strict, target: ts.ScriptTarget.ES2022, ...options }))
}
