import { globSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { circlesOfRooms } from './rooms.ts'

const FOLDERS = ['server', 'client', 'bot', 'web', 'db', 'tests', 'bench']

/**
 * Checks the sources below a folder against the import rules: those of `.dependency-cruiser.mjs`, and that no rooms
 * import each other in a cycle.
 *
 * @returns the number of modules, and a line for each violation
 */
export async function checkImports(root: string): Promise<{ read: number; faults: string[] }> {
  const folders = globSync(FOLDERS, { cwd: root })
  const options = await extractOptions('./.dependency-cruiser.mjs')
  const tsConfig = extractTsConfig('tsconfig.json')
  const { output } = await cruise(folders, { ...options, baseDir: root }, undefined, { tsConfig })
  const { modules, summary } = output as ICruiseResult
  const read = new Set(modules.map(({ source }) => source))
  const written = globSync(
    folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
    { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] },
  )
  const faults = [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...circlesOfRooms(modules).map((circle) => `rooms-import-one-way: ${circle}`),
    // A cruiser that cannot read TypeScript finds no modules, and so no violations.
    ...written
      .filter((file) => !read.has(file))
      .map((file) => `the import rules were not checked for ${join(root, file)}`),
  ]
  return { read: read.size, faults }
}
