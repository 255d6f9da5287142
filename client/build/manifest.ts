import { readFile } from 'node:fs/promises'
import { at } from './program.ts'

/** Makes the `package.json` to publish from that of the workspace, which is private and points at the sources. */
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
    // @trpc/client has it as a peer too, in the same version as itself.
    peerDependencies: { '@trpc/server': trpc },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

async function readJson(path: string) {
  return JSON.parse(await readFile(at(path), 'utf8'))
}
