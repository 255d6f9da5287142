import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findLookups } from './lookups.ts'

const OURS = /^(server|db|bot|client|web)\/(?!.*node_modules)/

test('nothing looks up in an object what others have named', { timeout: 120_000 }, () => {
  expect(findLookups('tsconfig.json', OURS)).toEqual([])
  expect(findLookups('web/tsconfig.json', OURS)).toEqual([])
})

test('a planted lookup is found, by its types', { timeout: 120_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'stillbeat-lookups-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const text = `const words: Record<string, string> = {}
export const wrong = (key: string) => (key in words ? words[key] : undefined)
export const right = (key: 'a' | 'b', list: string[]) => [words[key], list[0], 'a' in words]
`
  await writeFile(join(root, 'planted.ts'), text)
  await writeFile(join(root, 'tsconfig.json'), '{"compilerOptions":{"strict":true,"types":[]},"files":["planted.ts"]}')
  const found = findLookups(join(root, 'tsconfig.json'), /planted\.ts$/)
  expect(found.map((line) => line.replace(/^.*planted/, 'planted'))).toEqual([
    'planted.ts:2: key in words',
    'planted.ts:2: words[key]',
  ])
})
