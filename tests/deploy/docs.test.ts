import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../bot/commands/index.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { HTTP_STATUS, REASONS } from '../../server/reasons.ts'
import { appRouter } from '../../server/router.ts'
import { configureInput } from '../../server/service/configure.ts'

const documents = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'client/README.md']
const all = [...documents, ...globSync('docs/**/*.md').toSorted()]

/** Leaves out blocks of code, in which nothing is a link or a heading. */
function proseOf(document: string): string {
  const text = readFileSync(document, 'utf8')
  return text.replaceAll(/^[ \t]*(```|~~~)[^\n]*\n(?:.*\n)*?[ \t]*\1[ \t]*$/gm, '')
}

/** The anchors of headings, by GitHub's rule: lower case, no punctuation, hyphens, a number for repetitions. */
function anchorsOf(document: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(document).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const shown = heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    anchors.add(count === 0 ? slug : `${slug}-${count}`)
  }
  return anchors
}

function linksOf(document: string): string[] {
  const prose = proseOf(document).replaceAll(/`[^`\n]*`/g, 'code')
  const patterns = [/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g, /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm, /\b(?:href|src)="([^"]*)"/g]
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map(([, target = '']) => target))
}

/** What is wrong with a link, or `null`. */
function faultOf(document: string, link: string): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return null
  const [path = '', anchor] = decodeURIComponent(link).split('#')
  const file = path === '' ? document : join(dirname(document), path)
  if (path.startsWith('/') || file.startsWith('..')) return `${link} leads out of the repository`
  if (!existsSync(file)) return `${link}: there is no ${file}`
  if (anchor === undefined) return null
  if (!file.endsWith('.md') || statSync(file).isDirectory()) return `${link}: ${file} has no headings`
  return anchorsOf(file).has(anchor) ? null : `${link}: ${file} has no heading #${anchor}`
}

const codeIn = (document: string) => [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

describe.each(all)('%s', (document) => {
  test('its links lead somewhere', () => {
    expect(linksOf(document).flatMap((link) => faultOf(document, link) ?? [])).toEqual([])
  })

  test('the tests that it names exist', () => {
    const named = codeIn(document).filter((code) => /^(tests\/[\w./-]*|[\w./-]+\.test\.ts)$/.test(code))
    const missing = named.filter((name) => !existsSync(name) && !existsSync(join('tests', name)))
    expect(missing).toEqual([])
  })

  test('the files and folders of ours that it names exist', () => {
    const named = codeIn(document).filter((code) => /^(server|bot|client|db|web|bench|docs)\/[\w./-]*$/.test(code))
    const isBuilt = (name: string) => name.split('/')[1] === 'dist'
    expect(named.filter((name) => !existsSync(name) && !isBuilt(name))).toEqual([])
  })

  test('the npm scripts that it names exist', () => {
    const named = readFileSync(document, 'utf8').matchAll(/\bnpm run ([\w:]+)/g)
    const unknown = [...named].map(([, name = '']) => name).filter((name) => !Object.hasOwn(packageJson.scripts, name))
    expect(unknown).toEqual([])
  })
})

test('docs/api.md has every procedure, and no other', () => {
  const rows =
    proseOf('docs/api.md')
      .split('\n## ')
      .find((section) => section.startsWith('The typed API')) ?? ''
  const [tables = ''] = rows.split('### Settings of a service')
  const named = [...tables.matchAll(/^(?:\| )?`([\w.]+)`/gm), ...tables.matchAll(/and `([\w.]+)` \(input/g)]
  const told = named.map(([, name]) => name)
  expect(told.toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted())
})

test('docs/api.md has every reason of an error with its status, and no other', () => {
  const rows = proseOf('docs/api.md').matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| .+ \|$/gm)
  const told = [...rows].map(([, reason, status]) => `${status} ${reason}`)
  const known = Object.entries(REASONS).map(([reason, code]) => `${HTTP_STATUS[code]} ${reason}`)
  expect(told.toSorted()).toEqual(known.toSorted())
})

test('docs/api.md has the code of each status', () => {
  const told = [...proseOf('docs/api.md').matchAll(/\b(\d{3}) `([A-Z_]+)`/g)].map(([, status, code]) => [code, status])
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(HTTP_STATUS).map(([code, status]) => [code, String(status)])),
  )
})

test('docs/api.md has every setting of a service, and no other', () => {
  const section = proseOf('docs/api.md').split('\n### Settings of a service\n')[1]?.split('\n## ')[0] ?? ''
  const told = [...section.matchAll(/^\| (`.*?`) \| /gm)].flatMap(([, names = '']) => names.match(/\w+/g) ?? [])
  expect(told.toSorted()).toEqual(Object.keys(configureInput.shape).toSorted())
})

test('docs/chat.md has every command of the bot, and no other', () => {
  const told = [...proseOf('docs/chat.md').matchAll(/^\| `\/(\w+)/gm)].map(([, name]) => name)
  expect([...new Set(told)].toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
})

test('docs/architecture.md names every room', () => {
  const rooms = ['server', 'bot'].flatMap((house) =>
    readdirSync(house, { withFileTypes: true })
      // git leaves an empty folder behind where all files of one were moved.
      .filter((entry) => entry.isDirectory() && readdirSync(join(house, entry.name)).length > 0)
      .map(({ name }) => `${house}/${name}/`),
  )
  const named = new Set(codeIn('docs/architecture.md'))
  expect(rooms.filter((room) => !named.has(room))).toEqual([])
})

test('docs/architecture.md has the rooms in an order in which each imports only those before it', () => {
  const section = proseOf('docs/architecture.md').split('### The rooms of `server/`\n')[1]?.split('\n## ')[0] ?? ''
  const rooms = [...section.matchAll(/`server\/(\w+)\/`/g)].map(([, room = '']) => room)
  const backwards = rooms.flatMap((room, index) =>
    importedBy(`server/${room}`)
      .filter((other) => rooms.indexOf(other) > index)
      .map((other) => `${room} imports ${other}`),
  )
  expect(rooms.length).toBeGreaterThan(20)
  expect(backwards).toEqual([])
})

/** The rooms of `server/` that the files of one import by value. */
function importedBy(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^import (?!type )[^']*'(\.[^']+)'/gm)].flatMap(([, path = '']) => {
      const [house, room = '', ...below] = join(dirname(file), path).split('/')
      return house === 'server' && below.length > 0 ? [room] : []
    }),
  )
}
