import { builtin } from './builtin.ts'

/** The version of the package that this file is in: the source is one folder below its `package.json`, so is the build. */
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
