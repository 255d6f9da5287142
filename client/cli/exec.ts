import { setTimeout as sleep } from 'node:timers/promises'
import { clean } from './clean.ts'
import { type End, type Output, start } from './command.ts'
import { AskError, askJson, type Monitor } from './http.ts'
import { lastLine } from './lastLine.ts'
import { say } from './pass.ts'
import { dieOf } from './processSignals.ts'
import { retry } from './retry.ts'

/**
 * How long we may wait for the monitor after the command has ended, and how much of that for a start still under way.
 */
const LONGEST_WAIT_MS = 5_000
const LONGEST_START_WAIT_MS = 2_000
const START_TIMEOUT_MS = 10_000
/** How long we wait for the rest of the output: a process that the command left running may hold it open for long. */
const LAST_OUTPUT_MS = 500
const START_RETRY_DELAYS_MS = [500, 2_000, 6_000]
const END_RETRY_DELAYS_MS = [250, 500]

export interface Job {
  monitor: Monitor
  serviceKey: string
  command: string[]
  isQuiet: boolean
}

interface Told {
  kind: 'start' | 'success' | 'fail'
  durationMs?: number
  exitCode?: number
  message?: string
  output?: string
}

type Tell = (told: Told, signal: AbortSignal) => Promise<unknown>

/** Runs a command as if it ran without us, tells the monitor of it, and exits with the command's exit code. */
export async function exec({ monitor, serviceKey, command, isQuiet }: Job): Promise<never> {
  // A better id would need `node:crypto`, which takes long to load.
  const runId = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  const tell: Tell = (told, signal) =>
    askJson(monitor, { method: 'POST', path: '/trpc/signal', body: { serviceKey, runId, ...told }, signal })
  const complain = (error: unknown) => {
    if (!(error instanceof AskError)) throw error
    if (!isQuiet) say(`stillbeat: ${clean(serviceKey)} is not reported: ${error.message}`)
  }

  const run = await start(command)
  if ('message' in run) {
    say(`stillbeat: ${clean(run.message)}`)
    const told: Told = { kind: 'fail', exitCode: run.exitCode, message: run.message }
    await tellEnd(told, tell, AbortSignal.timeout(LONGEST_WAIT_MS)).catch(complain)
    process.exit(run.exitCode)
  }
  // A name server that does not answer would block us for half a minute. The command already has the old environment.
  process.env.RES_OPTIONS ??= 'timeout:2 attempts:1'
  const startTold = tellStart(tell, run.ended)
  const end = await run.ended
  const limit = AbortSignal.timeout(LONGEST_WAIT_MS)
  await Promise.race([run.passed, sleep(LAST_OUTPUT_MS)])
  await startTold
  await tellEnd(toldOf(end, run.output), tell, limit).catch(complain)
  run.stopForwarding()
  await run.passed
  process.exit(end.signal ? await dieOf(end.signal) : end.exitCode)
}

/** Tells the start, and gives up soon after the command has ended, since its end says more. Never rejects. */
async function tellStart(tell: Tell, ended: Promise<End>): Promise<void> {
  const over = new AbortController()
  const late = new AbortController()
  ended.then(async () => {
    over.abort()
    await sleep(LONGEST_START_WAIT_MS, undefined, { ref: false })
    late.abort()
  })
  const attempt = () => tell({ kind: 'start' }, AbortSignal.any([late.signal, AbortSignal.timeout(START_TIMEOUT_MS)]))
  await retry(attempt, START_RETRY_DELAYS_MS, over.signal).catch(() => {})
}

const tellEnd = (told: Told, tell: Tell, signal: AbortSignal) =>
  retry(() => tell(told, signal), END_RETRY_DELAYS_MS, signal)

function toldOf({ exitCode, signal, durationMs }: End, written: Output): Told {
  const output = written.all.toString()
  return {
    kind: exitCode === 0 ? 'success' : 'fail',
    durationMs,
    exitCode,
    ...(exitCode !== 0 && { message: signal ? killedBy(signal, written) : whyFailed(exitCode, written) }),
    ...(output && { output }),
  }
}

/** Why it failed, in its own words: programs say so last, and on stderr if they can. */
const whyFailed = (exitCode: number, { stderr, stdout }: Output) =>
  lastLine(stderr.toString()) ?? lastLine(stdout.toString()) ?? `exit code ${exitCode}`

/** A killed command may not know that it was. Its stdout then tells of its work only. */
function killedBy(signal: NodeJS.Signals, { stderr }: Output): string {
  const said = lastLine(stderr.toString())
  return said === undefined ? `ended by ${signal}` : `ended by ${signal}: ${said}`
}
