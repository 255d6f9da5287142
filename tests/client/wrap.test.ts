import ts from 'typescript'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createClient, heartbeatForAsync, heartbeatForSync, runWithHeartbeat } from '../../client/index.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { startStandIn } from '../helpers/standIn.ts'

const countOf = async (app: TestApp, key: string) =>
  (await app.api.status.query({ serviceKey: key })).services[0]?.heartbeatCount

describe('around an async function', () => {
  test('it beats while that runs, and not afterwards; this, arguments, result and types stay', async () => {
    const monitor = await startStandIn()
    const beat = heartbeatForAsync('main', { url: monitor.url, periodSeconds: 0.1 })
    async function main(this: { factor: number }, first: number, second = 1): Promise<string> {
      await expect.poll(() => monitor.asked.length).toBeGreaterThanOrEqual(3)
      return `${this.factor * first * second}`
    }
    const wrapped = beat(main)
    expectTypeOf(wrapped).toEqualTypeOf<typeof main>()
    expect([wrapped.name, wrapped.length]).toEqual(['main', 1])
    expect(await wrapped.call({ factor: 2 }, 3, 7)).toBe('42')
    const before = monitor.asked.length
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(monitor.asked.length).toBe(before)
  })

  test('what it throws is thrown, at once or later, and ends the beating', async () => {
    const monitor = await startStandIn()
    const beat = heartbeatForAsync('main', { url: monitor.url, periodSeconds: 0.1 })
    const error = new Error('mine')
    const later = beat(async () => {
      await expect.poll(() => monitor.asked.length).toBeGreaterThanOrEqual(2)
      throw error
    })
    const atOnce = beat((): Promise<void> => {
      throw error
    })
    await expect(later()).rejects.toBe(error)
    await expect(atOnce()).rejects.toBe(error)
    await expect.poll(() => monitor.asked.length).toBeGreaterThanOrEqual(3)
    const before = monitor.asked.length
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(monitor.asked.length).toBe(before)
  })

  test('an abort ends the beating and not the function', async () => {
    const monitor = await startStandIn()
    const stop = new AbortController()
    const wrapped = heartbeatForAsync('main', { url: monitor.url, periodSeconds: 0.1, signal: stop.signal })(
      async () => {
        await expect.poll(() => monitor.asked.length).toBeGreaterThanOrEqual(2)
        stop.abort()
        const before = monitor.asked.length
        await new Promise((resolve) => setTimeout(resolve, 250))
        expect(monitor.asked.length).toBe(before)
        return 'done'
      },
    )
    expect(await wrapped()).toBe('done')
  })

  test('a short function is heard once', async () => {
    const app = await startTestApp()
    expect(await heartbeatForAsync('short', { url: app.url })(async (value: number) => value)(7)).toBe(7)
    await expect.poll(() => countOf(app, 'short')).toBe(1)
  })
})

test('around a promise or a function', async () => {
  const app = await startTestApp()
  const options = { url: app.url }
  const fromPromise = await runWithHeartbeat(Promise.resolve(1), 'promise', options)
  const fromAsync = await runWithHeartbeat(async () => 'two', 'async', options)
  const fromSync = await runWithHeartbeat(() => 3, 'sync', options)
  expectTypeOf(fromPromise).toEqualTypeOf<number>()
  expectTypeOf(fromAsync).toEqualTypeOf<string>()
  expectTypeOf(fromSync).toEqualTypeOf<number>()
  expect([fromPromise, fromAsync, fromSync]).toEqual([1, 'two', 3])
  const error = new Error('mine')
  await expect(runWithHeartbeat(Promise.reject(error), 'promise', options)).rejects.toBe(error)
  await expect.poll(() => countOf(app, 'promise')).toBe(2)
})

describe('around a sync function', () => {
  test('this, arguments, result and types stay, and what it throws', async () => {
    const app = await startTestApp()
    const beat = heartbeatForSync('main', { url: app.url })
    function main<T>(this: { factor: number }, first: number, other: T): [number, T] {
      return [this.factor * first, other]
    }
    const wrapped = beat(main)
    expectTypeOf(wrapped).toEqualTypeOf<typeof main>()
    expect([wrapped.name, wrapped.length]).toEqual(['main', 2])
    expect(wrapped.call({ factor: 2 }, 3, 'x')).toEqual([6, 'x'])
    const error = new Error('mine')
    const failing = beat(() => {
      throw error
    })
    expect(failing).toThrow(error)
    await expect.poll(() => countOf(app, 'main')).toBeGreaterThanOrEqual(1)
  })

  test('with an aborted signal it runs unheard', async () => {
    const monitor = await startStandIn()
    const wrapped = heartbeatForSync('main', { url: monitor.url, signal: AbortSignal.abort() })(() => 1)
    expect(wrapped()).toBe(1)
    expect(monitor.asked).toEqual([])
  })
})

describe('as a decorator', () => {
  test('with the value and the context that the standard passes', async () => {
    const app = await startTestApp()
    class Bot {
      name = 'bot'
      async run(greeting: string): Promise<string> {
        return `${greeting} ${this.name}`
      }
    }
    const context = { kind: 'method', name: 'run', static: false, private: false } as ClassMethodDecoratorContext<Bot>
    const run = heartbeatForAsync('bot', { url: app.url })(Bot.prototype.run, context)
    expect(await run.call(new Bot(), 'hello')).toBe('hello bot')
    await expect.poll(() => countOf(app, 'bot')).toBe(1)
  })

  const SOURCE = `
    export class Bot {
      name = 'bot'
      @async('decorated-async', options)
      async run(greeting: string): Promise<string> { return greeting + ' ' + this.name }
      @sync('decorated-sync', options)
      count(to: number): number { return to + this.name.length }
      @async('decorated-static', options)
      static async make(): Promise<Bot> { return new this() }
    }
    return Bot`

  test('in a class that TypeScript compiles', async () => {
    const app = await startTestApp()
    const { outputText } = ts.transpileModule(`(async, sync, options) => {${SOURCE.replace('export', '')}}`, {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    })
    // biome-ignore lint/security/noGlobalEval: Node cannot read decorators
    const Bot = eval(outputText)(heartbeatForAsync, heartbeatForSync, { url: app.url })
    const bot = await Bot.make()
    expect(await bot.run('hello')).toBe('hello bot')
    expect(bot.count(4)).toBe(7)
    for (const key of ['decorated-async', 'decorated-sync', 'decorated-static']) {
      await expect.poll(() => countOf(app, key)).toBe(1)
    }
  })

  test('and is type-checked there: a sync method is not async', () => {
    const check = (name: string, method: string) =>
      faultsOf(`
      import { ${name} } from '${new URL('../../client/index.ts', import.meta.url).pathname}'
      class Bot { name = 'bot'; @${name}('bot') ${method} }
      export const result: number = new Bot().run(1)
    `)
    expect(check('heartbeatForSync', 'run(to: number): number { return to + this.name.length }')).toEqual([])
    expect(check('heartbeatForAsync', 'run(to: number): number { return to }').join()).toMatch(/Promise/)
    expect(check('heartbeatForAsync', 'async run(to: number) { return to }')).toEqual([
      "Type 'Promise<number>' is not assignable to type 'number'.",
    ])
  })

  test('what is no function is told at once', () => {
    // @ts-expect-error: as decorators were before the standard
    expect(() => heartbeatForAsync('bot')({}, 'run')).toThrow(/standard decorator on a method/)
  })
})

/** The errors that TypeScript finds in the source of a module. */
function faultsOf(text: string): string[] {
  const name = '/program.mts'
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    typeRoots: [new URL('../../node_modules/@types', import.meta.url).pathname],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (file) => file === name || fileExists(file)
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : getSourceFile(file, ...rest)
  const program = ts.createProgram([name], options, host)
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(name))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test('the typed client still throws', async () => {
  const app = await startTestApp()
  const client = createClient({ url: `${app.url}/` })
  await expect(client.heartbeat.mutate({ serviceKey: ' ' })).rejects.toThrow(/service_key/)
  expect((await client.heartbeat.mutate({ serviceKey: 'worker' })).status).toBe('ok')
})
