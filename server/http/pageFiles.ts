import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'

/** A file of the page in memory. All answers share its bytes, so clients that read slowly cost neither memory nor files. */
export interface PageFile {
  type: string
  etag: string
  bytes: Buffer
  /** Compressed when the page was built. */
  br: Buffer | undefined
  gzip: Buffer | undefined
}

export interface PageFiles {
  /** Names like `assets/index-abc.js`; undefined if no such file was built. */
  find(name: string): PageFile | undefined
  names(): string[]
  /** Reads the folder again if the page was built again. @returns whether there is a page */
  refresh(): boolean
}

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
])

export function createPageFiles(folder: string): PageFiles {
  let files = new Map<string, PageFile>()
  let stamp = ''

  function refresh(): boolean {
    const hasPage = statSync(join(folder, 'index.html'), { throwIfNoEntry: false }) !== undefined
    const newStamp = hasPage ? stampOf(folder) : ''
    if (newStamp !== stamp) files = hasPage ? readAll(folder) : new Map()
    stamp = newStamp
    return hasPage
  }

  refresh()
  return { find: (name) => files.get(name), names: () => [...files.keys()], refresh }
}

/** Changes when a file is added, or the page itself is written. */
const stampOf = (folder: string) =>
  ['', 'assets', 'index.html'].map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs).join()

function readAll(folder: string): Map<string, PageFile> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
  const contents = new Map(
    paths.map((path) => [
      path
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      readFileSync(path),
    ]),
  )
  const plain = [...contents].filter(([name]) => !/\.(br|gz)$/.test(name))
  return new Map(
    plain.map(([name, bytes]) => [
      name,
      {
        type: TYPES.get(extname(name)) ?? 'application/octet-stream',
        etag: `"${hash('sha256', bytes, 'base64url')}"`,
        bytes,
        br: contents.get(`${name}.br`),
        gzip: contents.get(`${name}.gz`),
      },
    ]),
  )
}
