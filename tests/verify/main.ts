import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The checks of `npm run verify`. They run beside one another, since most use one core. */
const CHECKS = ['biome check --error-on-warnings .', 'tsc -p .', 'tsc -p web', 'node tests/verify/imports.ts', 'knip']

/** Runs a check, and prints what it says once it has ended. @returns whether all is well */
async function holds(check: string): Promise<boolean> {
  const child = spawn(check, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part))
  const [code] = await once(child, 'close')
  process.stdout.write(`> ${check}${code === 0 ? '' : ` (failed with ${code})`}\n${Buffer.concat(said)}`)
  return code === 0
}

const results = await Promise.all(CHECKS.map(holds))
if (results.includes(false)) process.exitCode = 1
