import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { startTestApp } from '../helpers/app.ts'

const docs = (file: string) => readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8')

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[]
}

interface Dashboard {
  title: string
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

interface Stories {
  tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[]
}

/** The names of metrics in a query, without `up`, which is Prometheus's own. */
const namesIn = (query: string) => query.match(/\b(?:stillbeat|nodejs|process)_\w+/g) ?? []

const rules: Rules = parse(await docs('monitoring/stillbeat.rules.yml'))
const dashboard: Dashboard = JSON.parse(await docs('monitoring/dashboard.json'))
const asked = rules.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

const run = promisify(execFile)
const hasPromtool = await run('promtool', ['--version']).then(
  () => true,
  () => false,
)

test.runIf(hasPromtool)(
  'Prometheus finds each rule to tell what it should, and to be silent while all is well',
  async () => {
    const stories = fileURLToPath(new URL('rules.yml', import.meta.url))
    await run('promtool', ['test', 'rules', stories])
    const { tests }: Stories = parse(await readFile(stories, 'utf8'))
    const expected = tests.flatMap((story) => story.alert_rule_test).filter(({ exp_alerts }) => exp_alerts?.length)
    const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert))
    expect(new Set(expected.map(({ alertname }) => alertname))).toEqual(new Set(alerts))
    process.stdout.write(`rules: ${alerts.length} tried by promtool\n`)
  },
)

test('what an alert asks about is on the dashboard', () => {
  const onDashboard = new Set(shown.flatMap(namesIn))
  expect(asked.flatMap(namesIn).filter((name) => !onDashboard.has(name))).toEqual([])
})

test('every metric that the rules, the dashboard and the documentation name is one that the server has', async () => {
  const app = await startTestApp()
  await app.beat('a')
  // A counter has no values before its first label, so the names are read from the lines with types.
  const body = await (await app.fetch('/metrics')).text()
  const families = [...body.matchAll(/^# TYPE (\w+) (\w+)/gm)].map(([, name = '', type]) => ({ name, type }))
  const known = new Set(
    families.flatMap(({ name, type }) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )

  const named = new Set([...asked, ...shown].flatMap(namesIn))
  expect(named.size).toBeGreaterThan(15)
  expect([...named].filter((name) => !known.has(name))).toEqual([])

  const told = (await docs('monitoring.md')).match(/`stillbeat_\w+/g)?.map((name) => name.slice(1)) ?? []
  const ours = families.map(({ name }) => name).filter((name) => name.startsWith('stillbeat_'))
  expect([...new Set(told)].sort()).toEqual(ours.sort())
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
})
