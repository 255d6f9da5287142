import { defineConfig } from 'vite'
import packageJson from '../package.json' with { type: 'json' }
import { compress } from './build/compress.ts'

const server = process.env.SERVICE_REGISTRY_URL || 'http://127.0.0.1:8765'

export default defineConfig({
  root: import.meta.dirname,
  define: { VERSION: JSON.stringify(packageJson.version) },
  plugins: [compress()],
  build: {
    // A data: address would be refused by the Content-Security-Policy of fonts, and saves nothing.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Libraries mark what a server must not render; there is none that would.
      onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
    },
  },
  /** `npx vite web` shows the page of the sources on a server that runs. */
  server: {
    proxy: Object.fromEntries(
      ['/trpc', '/session', '/heartbeat', '/badge'].map((path) => [path, { target: server, changeOrigin: true }]),
    ),
  },
})
