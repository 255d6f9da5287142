import { chmod } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { at } from './program.ts'

/** Bundles `index.js`, which also runs in browsers, and `cli.js`, which needs Node. */
export async function buildJavaScript(folder: string): Promise<void> {
  const index = await bundle(at('client/index.ts'), join(folder, 'index.js'))
  const needed = index.imports.filter((name) => name !== '@trpc/client')
  if (needed.length > 0) throw new Error(`index.js must load in a browser, but imports ${needed}`)
  await buildCommandLine(folder)
}

/** Bundles the command line into one file, since Node starts more slowly with every file that it loads. */
export async function buildCommandLine(folder: string): Promise<string> {
  const file = join(folder, 'cli.js')
  const { code } = await bundle(at('client/cli/main.ts'), file)
  if (!code.startsWith('#!')) throw new Error('cli.js has no first line that says what runs it (#!)')
  await chmod(file, 0o755)
  return file
}

async function bundle(input: string, file: string): Promise<OutputChunk> {
  const bundle = await rolldown({
    input,
    platform: 'neutral',
    external: /^(node:|@trpc\/client)/,
    transform: { target: 'node20' },
    onLog: (_level, { message }) => {
      throw new Error(message)
    },
  })
  const { output } = await bundle.write({ file, format: 'esm', minify: false, codeSplitting: false })
  await bundle.close()
  const [chunk] = output
  for (const id of chunk.moduleIds) {
    if (id.startsWith(at('client/')) || id.startsWith('\0rolldown/')) continue
    throw new Error(`${chunk.fileName} contains ${relative(at(), id)}`)
  }
  return chunk
}
