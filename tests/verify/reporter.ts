import type { Reporter, TestModule } from 'vitest/node'

/** Prints one line for each database at the end, so that nobody takes a run on one database for the whole. */
export default class DatabaseReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = new Map<string, { passed: number; failed: number; skipped: number }>()
    for (const { project, children } of modules) {
      const counts = results.get(project.name) ?? { passed: 0, failed: 0, skipped: 0 }
      results.set(project.name, counts)
      for (const test of children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
    }
    for (const [database, { passed, failed, skipped }] of results) {
      process.stdout.write(`${database}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`)
    }
  }
}
