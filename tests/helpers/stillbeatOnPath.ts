import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes a folder for PATH with the command `stillbeat`, as after `npm install -g`. */
export async function stillbeatOnPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-bin-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const command = join(folder, 'stillbeat')
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${resolve('client/cli/main.ts')}' "$@"\n`)
  await chmod(command, 0o755)
  return folder
}
