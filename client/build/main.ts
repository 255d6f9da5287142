import { copyFile, cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildDeclarations } from './declarations.ts'
import { buildJavaScript } from './javascript.ts'
import { writeManifest } from './manifest.ts'
import { at } from './program.ts'

// Builds the package into `client/dist`, or into the empty folder that is named on the command line.

/** What running the examples leaves in their folders; it is not published. */
const isMade = /\/(build|__pycache__)$/

const named = process.argv[2]
const folder = named ? resolve(named) : at('client/dist')
if (!named) await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

await buildJavaScript(folder)
await buildDeclarations(folder)
await writeFile(join(folder, 'package.json'), await writeManifest())
await copyFile(at('LICENSE'), join(folder, 'LICENSE'))
await copyFile(at('client/README.md'), join(folder, 'README.md'))
await cp(at('client/examples'), join(folder, 'examples'), { recursive: true, filter: (path) => !isMade.test(path) })

for await (const file of glob(join(folder, '*.{js,ts,json,md}'))) {
  const content = await readFile(file)
  const gzipped = gzipSync(content).length
  process.stdout.write(`${relative(folder, file).padEnd(28)} ${content.length} bytes, ${gzipped} gzipped\n`)
}
