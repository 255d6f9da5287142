import { readFile } from 'node:fs/promises'
import { at } from './program.ts'

/** The `package.json` to publish, made from the one of the workspace, which points at the sources and is private. */
export async function writeManifest(): Promise<string> {
  const { private: _private, exports: _exports, dependencies, ...shared } = await readJson('client/package.json')
  const trpc = `^${dependencies['@trpc/client']}`
  const manifest = {
    ...shared,
    sideEffects: false,
    main: './index.js',
    types: './index.d.ts',
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    bin: { stillbeat: './cli.js' },
    files: ['*.js', '*.d.ts', 'examples'],
    dependencies: { '@trpc/client': trpc },
    // Asked for by @trpc/client too, always in the version of its own.
    peerDependencies: { '@trpc/server': trpc },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

async function readJson(path: string) {
  return JSON.parse(await readFile(at(path), 'utf8'))
}
