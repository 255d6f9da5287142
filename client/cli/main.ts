#!/usr/bin/env node
import type { ParseArgsOptionsConfig } from 'node:util'
import { builtin } from './builtin.ts'
import { clean } from './clean.ts'
import type { Monitor } from './http.ts'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const help = { type: 'boolean', short: 'h' } as const
const monitorOptions = { url: text, key: text, help }

/** The command line is wrong. The message says how to correct it. */
class UsageError extends Error {}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`stillbeat: ${clean(error.message)}\n`)
  return 2
})

async function main([word, ...rest]: string[]): Promise<number> {
  if (word === 'exec') return exec(rest)
  if (word === 'beat') return beat(rest)
  if (word === 'status') return status(rest)
  if (word === 'backup') return backup(rest)
  if (word === 'restore')
    throw new UsageError('restore where the server is, after stopping it: npm run restore -- FILE')
  if (word === '--version' || word === '-v') return print((await import('./version.ts')).version())
  if (word === '--help' || word === '-h' || word === 'help') return printUsage()
  if (word === undefined) throw new UsageError('say what to do: beat, exec, status or backup; see stillbeat --help')
  throw new UsageError(`there is no ${word.startsWith('-') ? 'option' : 'command'} "${word}"; see stillbeat --help`)
}

async function exec(args: string[]): Promise<number> {
  const options = { ...monitorOptions, quiet: { type: 'boolean', short: 'q' } } as const
  const first = args.indexOf('--')
  const isBeforeKey = first >= 0 && args[first + 2] === '--' && !hasKey(args.slice(0, first), options)
  const end = isBeforeKey ? first + 2 : first
  const { values, positionals } = parse('exec', end < 0 ? args : args.slice(0, end), options)
  if (values.help) return printUsage('exec')
  const command = end < 0 ? [] : args.slice(end + 1)
  const serviceKey = onlyKey('exec', positionals)
  if (command.length === 0) throw usageError('exec', 'the command is missing; it comes after --')
  const { exec } = await import('./exec.ts')
  return exec({ monitor: monitorOf(values), serviceKey, command, isQuiet: values.quiet === true })
}

/** Whether a KEY was given before the `--`. If not, that `--` precedes a KEY such as `-x`, not the command. */
function hasKey(args: string[], options: ParseArgsOptionsConfig): boolean {
  return parse('exec', args, options).positionals.length > 0
}

async function beat(args: string[]): Promise<number> {
  const { values, positionals } = parse('beat', args, { ...monitorOptions, metadata: text })
  if (values.help) return printUsage('beat')
  const serviceKey = onlyKey('beat', positionals)
  const metadata = values.metadata === undefined ? undefined : metadataOf(values.metadata)
  const { beat } = await import('./beat.ts')
  return beat({ monitor: monitorOf(values), serviceKey, metadata })
}

async function status(args: string[]): Promise<number> {
  const { values, positionals } = parse('status', args, { ...monitorOptions, group: text, json: flag })
  if (values.help) return printUsage('status')
  const [serviceKey, ...more] = positionals
  if (more.length > 0) throw usageError('status', `one KEY at most, not also "${more.join('", "')}"`)
  const { status } = await import('./status.ts')
  return status({ monitor: monitorOf(values), serviceKey, group: values.group, isJson: values.json === true })
}

async function backup(args: string[]): Promise<number> {
  const { values, positionals } = parse('backup', args, monitorOptions)
  if (values.help) return printUsage('backup')
  const [file, ...more] = positionals
  if (!file) throw usageError('backup', 'the FILE to write is missing (- for the standard output)')
  if (more.length > 0) throw usageError('backup', `one FILE, not also "${more.join('", "')}"`)
  const { backup } = await import('./backup.ts')
  return backup({ monitor: monitorOf(values), file })
}

function parse<T extends ParseArgsOptionsConfig>(command: string, args: string[], options: T) {
  try {
    return builtin('node:util').parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ')
    throw usageError(
      command,
      sentence.replace(/^./, (letter) => letter.toLowerCase()),
    )
  }
}

function usageError(command: string, sentence: string): UsageError {
  return new UsageError(`${sentence}; see stillbeat ${command} --help`)
}

function onlyKey(command: string, [key, ...more]: string[]): string {
  if (!key) throw usageError(command, 'the KEY of the service is missing')
  if (more.length === 0) return key
  throw usageError(command, `one KEY, not also "${more.join('", "')}"${command === 'exec' ? ' before --' : ''}`)
}

function metadataOf(json: string): object {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  throw usageError('beat', `--metadata must be a JSON object, e.g. '{"version":"1.2"}'`)
}

function monitorOf(given: { url?: string | undefined; key?: string | undefined }): Monitor {
  // This hides the arguments: everybody could read the key in the list of processes while the command runs.
  if (given.key !== undefined) process.title = 'stillbeat'
  return {
    url: given.url ?? (process.env.SERVICE_REGISTRY_URL || 'http://127.0.0.1:8765'),
    key: (given.key ?? process.env.SERVICE_REGISTRY_KEY ?? '').trim(),
  }
}

async function printUsage(command: keyof typeof import('./usage.ts')['usage'] = 'all'): Promise<number> {
  const { usage } = await import('./usage.ts')
  return print(usage[command])
}

function print(lines: string): number {
  process.stdout.write(`${lines}\n`)
  return 0
}
