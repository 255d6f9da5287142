import { checkImports } from './importRules.ts'

const { read, faults } = await checkImports('.')
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exit(1)
process.stdout.write(`import rules hold in ${read} modules\n`)
