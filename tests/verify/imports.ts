import { globSync } from 'node:fs'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const FOLDERS = ['server', 'client', 'bot', 'web', 'db', 'tests', 'bench']

const options = await extractOptions('./.dependency-cruiser.mjs')
const { output } = await cruise(FOLDERS, options, undefined, { tsConfig: extractTsConfig('tsconfig.json') })
const { modules, summary } = output as ICruiseResult

for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} → ${to}\n`)

// A cruiser that cannot read TypeScript finds no files and so no faults.
const read = new Set(modules.map(({ source }) => source))
const unread = globSync(`{${FOLDERS.join(',')}}/**/*.{ts,tsx}`, {
  exclude: ['**/node_modules/**', '**/dist/**'],
}).filter((file) => !read.has(file))
for (const file of unread) process.stderr.write(`the import rules were not checked for ${file}\n`)

if (summary.violations.length + unread.length > 0) process.exit(1)
process.stdout.write(`import rules hold in ${read.size} modules\n`)
