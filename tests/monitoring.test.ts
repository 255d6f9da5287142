import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { startTestApp } from './helpers/app.ts'

const docs = (file: string) => readFile(new URL(`../docs/${file}`, import.meta.url), 'utf8')

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[]
}

interface Dashboard {
  title: string
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

/** Names of metrics in a query; `up` is Prometheus's own. */
const namesIn = (query: string) => query.match(/\b(?:stillbeat|nodejs|process)_\w+/g) ?? []

test('every metric that the rules, the dashboard and the documentation name is one that the server has', async () => {
  const app = await startTestApp()
  await app.beat('a')
  // Counters appear with their first label, so what they are called is read from their types.
  const body = await (await app.fetch('/metrics')).text()
  const families = [...body.matchAll(/^# TYPE (\w+) (\w+)/gm)].map(([, name = '', type]) => ({ name, type }))
  const known = new Set(
    families.flatMap(({ name, type }) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )

  const rules: Rules = parse(await docs('monitoring/stillbeat.rules.yml'))
  const dashboard: Dashboard = JSON.parse(await docs('monitoring/dashboard.json'))
  const queries = [
    ...rules.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ]
  const named = new Set(queries.flatMap(namesIn))
  expect(named.size).toBeGreaterThan(15)
  expect([...named].filter((name) => !known.has(name))).toEqual([])

  const told = (await docs('monitoring.md')).match(/`stillbeat_\w+/g)?.map((name) => name.slice(1)) ?? []
  const ours = families.map(({ name }) => name).filter((name) => name.startsWith('stillbeat_'))
  expect([...new Set(told)].sort()).toEqual(ours.sort())
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
})
