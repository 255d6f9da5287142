import { availableParallelism, totalmem } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/verify/order.ts'

const serverUrl = process.env.TEST_DATABASE_URL
const globalSetup = 'tests/helpers/setup.ts'

/** Every test runs on the embedded database and, where one is given, on PostgreSQL too. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    reporters: ['default', './tests/verify/reporter.ts'],
    // Most tests wait for processes and databases rather than for a core, but each file takes up to 1.2 GB with its
    // processes. A percentage would be at most 100 %.
    maxWorkers: Math.max(1, Math.min(2 * availableParallelism(), Math.floor(totalmem() / 1.2e9))),
    sequence: { sequencer: LongestFirst },
    // Files share a process, and so the embedded database's program, which takes seconds to be made ready.
    isolate: false,
    // Only for what hangs: on a busy machine a story takes many times its time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 20_000, interval: 25 } },
    projects: [
      { extends: true, test: { name: 'embedded', globalSetup, env: { TEST_DATABASE_URL: '' } } },
      ...(serverUrl
        ? [{ extends: true as const, test: { name: 'postgres', globalSetup, env: { TEST_DATABASE_URL: serverUrl } } }]
        : []),
    ],
  },
})
