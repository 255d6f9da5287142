import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const forms = [
  { suffix: '.br', press: promisify(brotliCompress) },
  { suffix: '.gz', press: promisify(gzip) },
]

/** Writes a `.br` and a `.gz` file next to each file, so that the server need not compress. */
export function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the page is built into a folder')
      const files = await readdir(dir, { recursive: true, withFileTypes: true })
      const texts = files.filter((file) => file.isFile() && /\.(js|css|html|svg)$/.test(file.name))
      await Promise.all(texts.map((file) => compressFile(join(file.parentPath, file.name))))
    },
  }
}

async function compressFile(path: string): Promise<void> {
  const plain = await readFile(path)
  for (const { suffix, press } of forms) await writeFile(path + suffix, await press(plain))
}
