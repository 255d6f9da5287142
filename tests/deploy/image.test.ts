import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT, readRoot, readSteps } from '../helpers/dockerfile.ts'
import { freePort } from '../helpers/port.ts'

const run = promisify(execFile)

/** The id of the user `nobody`, an ordinary user that every system has. */
const NOBODY = 65_534
const MB = 1e6

const isWanted = process.env.REHEARSE_IMAGE === '1' && process.getuid?.() === 0 && !process.env.TEST_DATABASE_URL

/**
 * Needs no container engine: it runs the steps of the Dockerfile in a clean folder, without those that install system
 * packages. Then an ordinary user, who may write only to the data folder, starts the result.
 */
test.runIf(isWanted)(
  'the steps of the Dockerfile make a program that an ordinary user can run',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'stillbeat-image-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    await chmod(home, 0o755)
    const build = join(home, 'build')
    const image = join(home, 'image')
    for (const folder of [build, image]) await mkdir(folder)
    const { stdout } = await run('git', ['ls-files'], { cwd: ROOT })
    const allowed = (await readRoot('.dockerignore')).split('\n').filter((line) => line.startsWith('!'))
    const context = stdout
      .split('\n')
      .filter((file) => allowed.includes(`!${file.split('/')[0]}`) && !file.startsWith('client/examples/'))

    const steps = await readSteps()
    const last = Math.max(...steps.map(({ stage }) => stage))
    for (const { stage, instruction, text } of steps) {
      if (instruction === 'RUN' && !text.startsWith('apt-get')) await run('sh', ['-c', text], { cwd: build })
      if (instruction === 'COPY' && stage < last) await copyContext(context, text, build)
      if (instruction === 'COPY' && stage === last) await copyBuilt(text, build, image)
    }

    const environment = steps.filter((step) => step.instruction === 'ENV' && step.stage === last)
    const env = Object.fromEntries(environment.flatMap(({ text }) => text.split(' ').map((one) => one.split('='))))
    const data = join(home, 'data')
    await mkdir(data)
    await chown(data, NOBODY, NOBODY)
    const [, ...args] = commandOf(steps, 'CMD')
    const port = await freePort()
    const settings = { ...env, DATA_DIR: data, PORT: String(port), API_KEY: 'correct-horse', LOG_LEVEL: 'warn' }
    const node = join(image, 'node')
    const ordinary = { cwd: image, uid: NOBODY, gid: NOBODY }
    const child = spawn(node, args, { ...ordinary, env: settings, stdio: 'pipe' })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const ended = once(child, 'exit')
    const url = `http://127.0.0.1:${port}`
    const statusOf = (path: string) =>
      fetch(url + path).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(() => statusOf('/ready'), { timeout: 60_000 }).toBe(200)
    expect(await statusOf('/')).toBe(200)
    expect(await statusOf('/status')).toBe(401)
    const backup = join(data, 'backup')
    const asked = { SERVICE_REGISTRY_URL: url, SERVICE_REGISTRY_KEY: settings.API_KEY }
    await run(node, ['client/cli/main.ts', 'backup', backup], { ...ordinary, env: asked })

    const [, health = '[]'] =
      /CMD (.*)/.exec(steps.find((step) => step.instruction === 'HEALTHCHECK')?.text ?? '') ?? []
    await run(node, JSON.parse(health).slice(1), { env: { PORT: String(port) } })
    await expect(run('touch', [join(image, 'server/left')], { uid: NOBODY, gid: NOBODY })).rejects.toThrow()
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await run(node, ['server/restore.ts', backup, '--force'], { ...ordinary, env: settings })
    await expect(run(node, JSON.parse(health).slice(1), { env: { PORT: String(port) } })).rejects.toThrow()

    const { size } = await stat(node)
    const app = (await sizeOf(image)) - size
    process.stdout.write(`image: node ${(size / MB).toFixed(1)} MB, app ${(app / MB).toFixed(1)} MB\n`)
    // The base image, Debian, adds 75 MB.
    expect((size + app) / MB).toBeLessThan(175)
  },
  600_000,
)

async function copyContext(context: string[], text: string, build: string): Promise<void> {
  const [target = '', ...sources] = text.split(' ').toReversed()
  for (const source of sources) {
    const files = source === '.' ? context : context.filter((file) => file === source)
    for (const file of files) {
      const to = join(build, source === '.' ? file : join(target, file.split('/').at(-1) ?? ''))
      await mkdir(dirname(to), { recursive: true })
      await cp(new URL(file, ROOT), to)
    }
  }
}

async function copyBuilt(text: string, build: string, image: string): Promise<void> {
  const [, from = '', to = ''] = /^--from=build \/app\/(\S+) (\S+)$/.exec(text) ?? []
  const name = to.startsWith('/') || to === './' ? from : to
  await cp(join(build, from), join(image, name), { recursive: true, verbatimSymlinks: true })
}

const commandOf = (steps: Awaited<ReturnType<typeof readSteps>>, instruction: string): string[] =>
  JSON.parse(steps.find((step) => step.instruction === instruction)?.text ?? '[]')

async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sb', folder])
  return Number(stdout.split('\t')[0])
}
