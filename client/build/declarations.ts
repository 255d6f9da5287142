import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { at, faultsOf, readProgram } from './program.ts'
import { writeRouter } from './routerText.ts'

const PACKAGES = /^@trpc\/(client|server)$/

/** Writes the `.d.ts` files of what `client/index.ts` exports, checked against the router's type as it is published. */
export async function buildDeclarations(folder: string): Promise<void> {
  const files = declare(new Map([[at('client/router.ts'), writeRouter()]]))
  for (const path of reachable('index.d.ts', files)) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, files.get(path) ?? '')
  }
}

/** Compiles all declarations of the client, by their path in the package. */
function declare(instead: Map<string, string>): Map<string, string> {
  const program = readProgram([at('client/index.ts')], instead, {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: at('client'),
    outDir: at('client'),
  })
  const faults = faultsOf(program)
  if (faults.length > 0) throw new Error(faults.join('\n'))

  const files = new Map<string, string>()
  program.emit(undefined, (file, text) => {
    files.set(relative(at('client'), file), text.replaceAll(/(['"])(\.{1,2}\/[^'"\n]+)\.ts\1/g, '$1$2.js$1'))
  })
  return files
}

function reachable(path: string, files: Map<string, string>, seen = new Set<string>()): Set<string> {
  const text = files.get(path)
  if (text === undefined) throw new Error(`the declarations need ${path}, which is not part of the client`)
  if (seen.has(path)) return seen
  seen.add(path)
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    if (PACKAGES.test(fileName)) continue
    if (!fileName.startsWith('.')) throw new Error(`${path} needs the package ${fileName}`)
    reachable(join(dirname(path), fileName.replace(/\.js$/, '.d.ts')), files, seen)
  }
  return seen
}
