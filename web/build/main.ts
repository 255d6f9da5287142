import { existsSync } from 'node:fs'
import { join } from 'node:path'

const web = join(import.meta.dirname, '..')
const isWanted = !process.argv.includes('--if-missing') || !existsSync(join(web, 'dist/index.html'))

if (isWanted) {
  const vite = await import('vite').catch(() => null)
  if (vite) await vite.build({ configFile: join(web, 'vite.config.ts'), logLevel: 'warn' })
  // Vite is missing after `npm ci --omit=dev`. The server then runs without its page.
  else
    process.stderr.write(
      'the page is not built: that needs the development packages (npm ci, then npm run build:page)\n',
    )
}
