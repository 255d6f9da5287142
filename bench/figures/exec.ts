import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildCommandLine } from '../../client/build/javascript.ts'
import { createDatabase, createFolder, serverUrl } from '../tools/database.ts'
import { startMonitor } from '../tools/process.ts'
import { paired, timed } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'

const ROUNDS = 31
const WARM_UP_ROUNDS = 5

/** The time that `stillbeat exec` adds to a command, as a multiple of a start of Node. */
export async function exec(): Promise<Row[]> {
  const monitor = await startMonitor(serverUrl ? await createDatabase() : await createFolder())
  const program = await buildProgram()
  const wrapped = () => run(process.execPath, [program, 'exec', 'bench', '--url', monitor.url, '--', 'true'])
  const added = async () => {
    const bare = await timed(() => run('true', []))
    return (await timed(wrapped)) - bare
  }
  const node = () => timed(() => run(process.execPath, ['-e', '0']))
  await paired(WARM_UP_ROUNDS, added, node)
  const { ratio, ours, theirs } = await paired(ROUNDS, added, node)
  const made = `${ours.toFixed(1)} ms on top of the command against ${theirs.toFixed(1)} ms`
  return [{ figure: 'exec', value: ratio, made, limit: { atMost: 2.5 } }]
}

/** Builds the command line as it is published. */
async function buildProgram(): Promise<string> {
  const { DATA_DIR } = await createFolder()
  await writeFile(join(DATA_DIR, 'package.json'), '{"type":"module"}')
  return buildCommandLine(DATA_DIR)
}

async function run(file: string, args: string[]): Promise<void> {
  // A line on stderr says that the monitor was not told, so it is an error here.
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', (part) => {
    told += part
  })
  const [code] = await once(child, 'close')
  if (code !== 0 || told !== '') throw new Error(`${file} ${args.join(' ')} ended with ${code}: ${told}`)
}
