import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import ts from 'typescript'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { stillbeatOnPath } from './stillbeatOnPath.ts'

/** What fills the placeholders of the instructions. */
export interface Place {
  /** The address of a healthy server, in place of the container's own. */
  wellUrl: string
  /** The API key, if one is needed. */
  key?: string
}

type Run = (text: string, place: Place) => Promise<void>

/** How to run each of the instructions, as a person who copies it would. */
export const runs: Record<string, Run> = {
  curl: (text, place) => shell(text, keyOf(place)),
  cron: crontab,
  Python: (text, place) => program('python3', ['-c', text], keyOf(place)),
  Node: (text, place) => program(process.execPath, ['--input-type=module', '--eval', text], keyOf(place)),
  Decorator: decorator,
  'stillbeat exec': crontab,
  n8n,
  Docker: docker,
}

const keyOf = ({ key }: Place): Record<string, string> => (key ? { SERVICE_REGISTRY_KEY: key } : {})

const shell = (command: string, env: Record<string, string>) => program('/bin/sh', ['-c', command], env)

/** Runs a crontab as cron does: settings first, then five fields of time and a command, in which `\%` means `%`. */
async function crontab(text: string, place: Place): Promise<void> {
  const lines = filledIn(text, place).split('\n')
  const settings = lines.flatMap((line) => [...(/^(\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? [])])
  const command = lines.map((line) => /^(?:\S+ +){5}(.+)$/.exec(line)?.[1]).find((found) => found !== undefined)
  if (command === undefined || /(?<!\\)%/.test(command)) throw new Error(`cron would not run ${text}`)
  const env: Record<string, string> = { PATH: `${await stillbeatOnPath()}:${process.env.PATH}` }
  for (let index = 0; index < settings.length; index += 2)
    env[settings[index] ?? ''] = unquoted(settings[index + 1] ?? '')
  await shell(command.replaceAll('\\%', '%').replace('/usr/local/bin/backup', 'true'), env)
}

/** Runs the class with the settings from its comment, and a line that calls it. */
async function decorator(text: string, place: Place): Promise<void> {
  const settings = [...filledIn(text, place).matchAll(/^\/\/ (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value])
  const source = text.replace('@stillbeat/client', resolve('client/index.ts'))
  const { outputText } = ts.transpileModule(`${source}\nawait new Worker().run()`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  await program(process.execPath, ['--input-type=module', '--eval', outputText], Object.fromEntries(settings))
}

/** Sends the request as n8n's HTTP Request node does. */
async function n8n(text: string, place: Place): Promise<void> {
  const { nodes } = workflow.parse(JSON.parse(filledIn(text, place)))
  const [{ type, parameters }] = nodes
  if (type !== 'n8n-nodes-base.httpRequest') throw new Error(`not a request: ${type}`)
  const headers = parameters.headerParameters?.parameters.map(({ name, value }): [string, string] => [name, value])
  const { status } = await fetch(parameters.url, { method: parameters.method, headers })
  if (status !== 200) throw new Error(`n8n got ${status}`)
}

const header = z.object({ name: z.string(), value: z.string() })
const node = z.object({
  type: z.string(),
  parameters: z.object({
    method: z.string(),
    url: z.url(),
    headerParameters: z.object({ parameters: z.array(header) }).optional(),
  }),
})
const workflow = z.object({ nodes: z.tuple([node]), connections: z.object({}) })

/** Runs the health check as Docker does: joins the lines, and runs what follows CMD in a shell. */
async function docker(text: string, place: Place): Promise<void> {
  const command = /^HEALTHCHECK (?:--\S+ )*CMD (.*)$/.exec(text.replaceAll(/\s*\\\n\s*/g, ' '))?.[1]
  if (command === undefined) throw new Error(`Docker would not run ${text}`)
  await shell(command.replace('http://localhost:8080/', place.wellUrl), keyOf(place))
}

const filledIn = (text: string, { key = '' }: Place) => text.replaceAll('…', key)

const unquoted = (value: string) => /^'(.*)'$/.exec(value)?.[1] ?? value

/** Runs a program to its end. Throws unless its exit code is 0. */
async function program(name: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(name, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${told}`)
}
