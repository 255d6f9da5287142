import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { VARIABLES } from '../../server/environment.ts'
import { ROOT, readRoot, readSteps } from '../helpers/dockerfile.ts'

const steps = await readSteps()
const last = Math.max(...steps.map(({ stage }) => stage))
const of = (instruction: string, stage?: number) =>
  steps.filter((step) => step.instruction === instruction && (stage === undefined || step.stage === stage))

/** A script of package.json without `exec`, which replaces npm's shell by Node, so that signals reach Node. */
const script = (name: 'start' | 'server' | 'bot') => packageJson.scripts[name].replace(/^exec /, '')

test.each(['start', 'server', 'bot'] as const)('a signal to npm %s reaches Node', (name) => {
  expect(packageJson.scripts[name]).toMatch(/^exec node /)
})

test('the image starts what npm start and npm run server start', async () => {
  const [cmd] = of('CMD', last)
  expect(JSON.parse(cmd?.text ?? '').join(' ')).toBe(script('start'))
  const compose = parse(await readRoot('compose.yaml'))
  expect(compose.services.server.command.join(' ')).toBe(script('server'))
  expect(compose.services.bot.command.join(' ')).toBe(script('bot'))
  const unit = await readRoot('docs/deploy/stillbeat.service')
  expect(unit).toContain(`ExecStart=/opt/stillbeat/node_modules/.bin/${script('start')}\n`)
})

test('its Node is the one that the project runs on', () => {
  expect(of('FROM', 0)[0]?.text).toMatch(new RegExp(`^node:${packageJson.dependencies.node.replaceAll('.', '\\.')}-`))
})

test('the Dockerfile keeps the rules of its trade', () => {
  for (const { text } of of('FROM')) expect(text).toMatch(/^[\w./-]+:(?!latest)[\w.-]+/)
  expect(of('ADD')).toHaveLength(0)
  for (const { text } of of('RUN')) {
    expect(text).not.toMatch(/\bsudo\b|apt-get upgrade|\bcurl\b|\bwget\b/)
    if (text.includes('apt-get install')) {
      expect(text).toMatch(
        /apt-get update &&.*apt-get install -y --no-install-recommends .*rm -rf \/var\/lib\/apt\/lists\/\*/,
      )
    }
  }
  const ofLast = steps.filter(({ stage }) => stage === last)
  const user = ofLast.findIndex(({ instruction }) => instruction === 'USER')
  expect(ofLast[user]?.text).not.toMatch(/^(root|0)$/)
  expect(ofLast.slice(user).some(({ instruction }) => instruction === 'RUN')).toBe(false)
  for (const instruction of ['ENTRYPOINT', 'CMD']) {
    expect(of(instruction, last)).toHaveLength(1)
    expect(JSON.parse(of(instruction, last)[0]?.text ?? '')).toBeInstanceOf(Array)
  }
  expect(of('HEALTHCHECK', last)).toHaveLength(1)
  expect(of('STOPSIGNAL', last)[0]?.text).toBe('SIGTERM')
  expect(
    of('ENV')
      .map(({ text }) => text)
      .join(),
  ).not.toMatch(/KEY|TOKEN|PASSWORD/)
})

test('what is copied into the image exists, and .dockerignore lets it in', async () => {
  const { stdout } = await promisify(execFile)('git', ['ls-files'], { cwd: ROOT })
  const files = stdout.split('\n')
  const ignore = (await readRoot('.dockerignore')).split('\n')
  for (const { text } of of('COPY', 0)) {
    for (const source of text
      .split(' ')
      .slice(0, -1)
      .filter((one) => one !== '.')) {
      expect(files).toContain(source)
      expect(ignore).toContain(`!${source.split('/')[0]}`)
    }
  }
  for (const { text } of of('COPY', last)) {
    const [, folder = ''] = /^--from=build \/app\/([\w.-]+)/.exec(text) ?? []
    if (!['node', 'node_modules'].includes(folder)) expect(ignore).toContain(`!${folder}`)
  }
})

interface Compose {
  services: Record<string, { environment: string[]; read_only?: boolean; healthcheck?: object; volumes?: string[] }>
  volumes: Record<string, unknown>
}

/** The environment that a compose file gives to a service. */
const environmentOf = (compose: Compose, service: string) =>
  new Map(
    (compose.services[service]?.environment ?? []).map((line) => {
      const [name = '', ...rest] = line.split('=')
      return [name, rest.join('=')] as const
    }),
  )

/** The variables that a text of a compose file refers to. */
const variablesIn = (text: string) => [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name)

const COOLIFYS = /^SERVICE_(URL|USER|PASSWORD)_/

test('compose.yaml offers the settings that a server has, and nothing that it does not know', async () => {
  const compose: Compose = parse(await readRoot('compose.yaml'))
  const guide = await readRoot('docs/deploy/coolify.md')
  for (const service of ['server', 'bot']) {
    for (const [name, value] of environmentOf(compose, service)) {
      if (!COOLIFYS.test(name)) expect(VARIABLES).toContain(name)
      for (const used of variablesIn(value)) {
        expect(VARIABLES.includes(used) || COOLIFYS.test(used)).toBe(true)
        expect(guide).toContain(`\`${used}\``)
      }
    }
  }
  const offered = environmentOf(compose, 'server')
  for (const name of VARIABLES.filter((one) => !offered.has(one))) expect(guide).toContain(`\`${name}\``)
  const volumes = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes)
  expect(volumes.map((one) => one.split(':')[0]).toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
})

test('compose.override.yaml fills in what Coolify would', async () => {
  const compose: Compose = parse(await readRoot('compose.yaml'))
  const override: Compose = parse(await readRoot('compose.override.yaml'))
  for (const service of Object.keys(compose.services)) {
    const filled = environmentOf(override, service)
    for (const [name, value] of environmentOf(compose, service)) {
      if (variablesIn(value).some((used) => COOLIFYS.test(used))) expect(filled.has(name)).toBe(true)
    }
  }
})

test('every variable stands in the tables of docs/settings.md and in .env.example, and no other', async () => {
  const columns = (await readRoot('docs/settings.md')).matchAll(/^\| (`[A-Z].*?) \| /gm)
  const told = [...columns].flatMap(([, names = '']) => names.match(/\w+/g) ?? [])
  const example = [...(await readRoot('.env.example')).matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name)
  expect(told.toSorted()).toEqual([...VARIABLES, 'SAMPLE_PERIOD_SECONDS'].toSorted())
  expect(example.toSorted()).toEqual([...VARIABLES, 'POSTGRES_PASSWORD'].toSorted())
})

test('every package that runs in production is accounted for', async () => {
  const told = [...(await readRoot('docs/dependencies.md')).matchAll(/^\| `([^`]+)` \| ([\d.]+) /gm)]
  expect(Object.fromEntries(told.map(([, name, version]) => [name, version]))).toEqual(packageJson.dependencies)
})
