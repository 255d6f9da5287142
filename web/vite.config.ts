import { defineConfig } from 'vite'
import packageJson from '../package.json' with { type: 'json' }
import { compress } from './build/compress.ts'

const server = process.env.SERVICE_REGISTRY_URL || 'http://127.0.0.1:8765'

export default defineConfig({
  root: import.meta.dirname,
  define: { VERSION: JSON.stringify(packageJson.version) },
  plugins: [compress()],
  build: {
    // No data: addresses, which the page's Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Libraries mark client-only modules ("use client"). No server renders this page, so the warning means nothing.
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
