import { builtin } from './builtin.ts'

/** The version of this package. Its `package.json` is in this folder after the build, and above it in the sources. */
export function version(): string {
  for (const path of ['../package.json', './package.json', '../../package.json']) {
    const found = read(new URL(path, import.meta.url))
    if (found?.name === '@stillbeat/client') return found.version
  }
  return 'unknown'
}

function read(file: URL): { name: string; version: string } | undefined {
  try {
    return JSON.parse(builtin('node:fs').readFileSync(file, 'utf8'))
  } catch {
    return
  }
}
