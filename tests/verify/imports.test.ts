import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkImports } from './importRules.ts'

/** The violations of the import rules in a repository with these files. */
async function faultsOf(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'stillbeat-rooms-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  return (await checkImports(root)).faults
}

const planted = {
  'server/errors.ts': 'export const no = 1\n',
  'server/alert/tell.ts': "import { no } from '../errors.ts'\nexport const tell = no\n",
  'server/alert/names.ts': "import { view } from '../status/view.ts'\nexport const names = view\n",
  'server/status/view.ts': 'export const view = 2\n',
}

test('rooms that import one way are fine, also where they share a folder with more files', async () => {
  expect(await faultsOf(planted)).toEqual([])
})

test('two rooms that import each other by value are a fault, though no two files do', async () => {
  const list = "import { tell } from '../alert/tell.ts'\nexport const list = tell\n"
  expect(await faultsOf({ ...planted, 'server/status/list.ts': list })).toEqual([
    'rooms-import-one-way: server/alert → server/status → server/alert: server/alert/names.ts imports server/status/view.ts, server/status/list.ts imports server/alert/tell.ts',
  ])
})

test('so is a circle over a third room, and over a file that lies in none', async () => {
  const faults = await faultsOf({
    ...planted,
    'bot/ask/words.ts': "import { say } from '../answer/say.ts'\nexport const words = say\n",
    'bot/answer/say.ts': "import { data } from '../data.ts'\nexport const say = data\n",
    'bot/data.ts': "import { other } from './ask/other.ts'\nexport const data = other\n",
    'bot/ask/other.ts': 'export const other = 3\n',
  })
  expect(faults).toEqual([
    'rooms-import-one-way: bot/answer → bot/data.ts → bot/ask → bot/answer: bot/answer/say.ts imports bot/data.ts, bot/data.ts imports bot/ask/other.ts, bot/ask/words.ts imports bot/answer/say.ts',
  ])
})

test('types may go both ways', async () => {
  const list = "import type { tell } from '../alert/tell.ts'\nexport type List = typeof tell\n"
  expect(await faultsOf({ ...planted, 'server/status/list.ts': list })).toEqual([])
})

test('what looks like a source and was not read is a fault, since a cruiser that reads nothing finds none', async () => {
  const faults = await faultsOf({
    ...planted,
    'server/status/unread.ts/README': 'no source, but its folder is called like one',
  })
  expect(faults).toEqual([expect.stringMatching(/^the import rules were not checked for .*unread\.ts$/)])
})
