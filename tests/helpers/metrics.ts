import type { TestApp } from './app.ts'

/** Finds the value of one metric with at least these labels, in what `/metrics` answers now. */
export async function readMetrics(
  app: Pick<TestApp, 'fetch'>,
): Promise<(name: string, labels?: Record<string, string>) => number | undefined> {
  const lines = (await (await app.fetch('/metrics')).text()).split('\n').filter((line) => line && !line.startsWith('#'))
  return (name, labels = {}) => {
    const found = lines.find((line) => {
      const [, itsName, itsLabels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
      return itsName === name && Object.entries(labels).every(([key, value]) => itsLabels.includes(`${key}="${value}"`))
    })
    return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ')))
  }
}
