import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'

/** A folder outside this repository, in which only the client package is installed. */
export interface Consumer {
  folder: string
  tarball: string
  /** The names of the packages in the new lock file. */
  locked: string[]
  run(command: string, args: string[], env?: Record<string, string>): Promise<Output>
  remove(): Promise<void>
}

interface Output {
  code: number
  stdout: string
  stderr: string
}

/** Builds and packs the client package, and installs the tarball. */
export async function installPackage(): Promise<Consumer> {
  const home = await mkdtemp(join(tmpdir(), 'stillbeat-package-'))
  const dist = join(home, 'dist')
  const folder = join(home, 'consumer')
  const at = (cwd: string) => (command: string, args: string[], env?: Record<string, string>) =>
    run(command, args, cwd, env)

  await must(at('.')(process.execPath, ['client/build/main.ts', dist]))
  await must(at(dist)('npm', ['pack', '--pack-destination', home]))
  const name = (await readdir(home)).find((file) => file.endsWith('.tgz')) ?? 'no tarball'
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await copyFile(join(home, name), join(folder, name))
  await must(at(folder)('npm', ['install', `./${name}`]))

  const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  return {
    folder,
    tarball: join(folder, name),
    locked: Object.keys(packages).filter(Boolean),
    run: at(folder),
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

/** Finds the machine's own Node, behind the project's, which npm puts first on the path. */
export function machineNode(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
}

async function must(output: Promise<Output>): Promise<void> {
  const { code, stdout, stderr } = await output
  expect(code, `${stdout}${stderr}`).toBe(0)
}

const ended = promisify(execFile)

async function run(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<Output> {
  const options = { cwd, env: { ...outsideNpm(), ...env }, timeout: 240_000, maxBuffer: 1e8 }
  return ended(command, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error) => ({
      code: error.code ?? -1,
      stdout: error.stdout ?? '',
      stderr: `${error.stderr ?? ''}${error.message}`,
    }),
  )
}

/** The environment without what `npm test` sets, or npm in the other folder would act on this project. */
function outsideNpm(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(npm_|INIT_CWD$|NODE_OPTIONS$|SERVICE_REGISTRY_|VITEST)/i.test(name),
  )
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_ignore_scripts: 'true',
    npm_config_update_notifier: 'false',
  }
}
