import { setTimeout as sleep } from 'node:timers/promises'
import { clean } from './clean.ts'
import { type End, start } from './command.ts'
import { AskError, askJson, type Monitor } from './http.ts'
import { say, type Tail } from './pass.ts'
import { retry } from './retry.ts'
import { dieOf } from './signals.ts'

/** How long the monitor may keep us after the command's end, and how much of it is for the start that is still on its way. */
const LONGEST_WAIT_MS = 5_000
const LONGEST_START_WAIT_MS = 2_000
const LONGEST_START_MS = 10_000
/** What a command left running in the background may hold its output open for long. */
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

/** Runs a command as if we were not there, and tells the monitor of it; the exit code is the command's. */
export async function exec({ monitor, serviceKey, command, isQuiet }: Job): Promise<never> {
  // All of `node:crypto` would have to be loaded for a better one.
  const runId = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  const tell: Tell = (told, signal) =>
    askJson(monitor, { method: 'POST', path: '/trpc/signal', body: { serviceKey, runId, ...told }, signal })
  const complain = (error: unknown) => {
    if (!(error instanceof AskError)) throw error
    if (!isQuiet) say(`stillbeat: ${clean(serviceKey)} is not reported: ${error.message}`)
  }

  const run = await start(command)
  if ('reason' in run) {
    say(`stillbeat: ${clean(run.reason)}`)
    const told: Told = { kind: 'fail', exitCode: run.exitCode, message: run.reason }
    await tellEnd(told, tell, AbortSignal.timeout(LONGEST_WAIT_MS)).catch(complain)
    process.exit(run.exitCode)
  }
  // A name server that does not answer would hold us for half a minute; the command has the environment as it was.
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

/** Gives up soon after the command has ended, as an end says it all; never fails. */
async function tellStart(tell: Tell, ended: Promise<End>): Promise<void> {
  const over = new AbortController()
  const late = new AbortController()
  ended.then(async () => {
    over.abort()
    await sleep(LONGEST_START_WAIT_MS, undefined, { ref: false })
    late.abort()
  })
  const attempt = () => tell({ kind: 'start' }, AbortSignal.any([late.signal, AbortSignal.timeout(LONGEST_START_MS)]))
  await retry(attempt, START_RETRY_DELAYS_MS, over.signal).catch(() => {})
}

const tellEnd = (told: Told, tell: Tell, signal: AbortSignal) =>
  retry(() => tell(told, signal), END_RETRY_DELAYS_MS, signal)

function toldOf({ exitCode, signal, durationMs }: End, tail: Tail): Told {
  const output = tail.toString()
  return {
    kind: exitCode === 0 ? 'success' : 'fail',
    durationMs,
    exitCode,
    ...(exitCode !== 0 && { message: signal ? `ended by ${signal}` : `exit code ${exitCode}` }),
    ...(output && { output }),
  }
}
