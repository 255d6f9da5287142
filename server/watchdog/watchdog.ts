import type { Deps } from '../deps.ts'
import { withoutCredentials } from '../net/credentials.ts'
import { type HealthDeps, problemOf } from './health.ts'

const EVERY_MS = 60_000
const TIMEOUT_MS = 10_000

/** A dead man's switch: calls another monitor while the health check passes. When the calls stop, that one alerts. */
export interface Watchdog {
  begin(): void
  stop(): void
}

/** The log names only the host, since the URL is often secret, and has a line only when something changes. */
export function createWatchdog(deps: HealthDeps & Pick<Deps, 'log'>, watchdogUrl: string): Watchdog {
  const { clock, log } = deps
  const url = new URL(watchdogUrl)
  const ended = new AbortController()
  let cancel = () => {}
  let said: string | null = null

  async function turn(): Promise<void> {
    cancel = clock.at(clock.now() + EVERY_MS, turn)
    const problem = await problemOf(deps)
    if (ended.signal.aborted) return
    const silence = problem === null ? null : `the watchdog at ${url.host} is not called: ${problem}`
    say(silence ?? (await call()))
  }

  function say(sentence: string | null): void {
    if (ended.signal.aborted || sentence === said) return
    if (sentence === null) log.info(`the watchdog at ${url.host} is called again`)
    else log.warn(sentence)
    said = sentence
  }

  /** @returns what went wrong; `null` if nothing did */
  async function call(): Promise<string | null> {
    const { address, headers } = withoutCredentials(url)
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'user-agent': 'stillbeat', ...headers },
        signal: AbortSignal.any([ended.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      await response.body?.cancel().catch(() => {})
      return response.ok ? null : `the watchdog at ${url.host} answered ${response.status}`
    } catch (error) {
      const { cause, name } = error as Error
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : name
      return `the watchdog at ${url.host} cannot be reached: ${code}`
    }
  }

  return {
    begin() {
      void turn()
    },
    stop() {
      ended.abort()
      cancel()
    },
  }
}
