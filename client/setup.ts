import type { Client } from './client.ts'
import { copyOf, deliver, tell } from './deliver.ts'
import { failureOf } from './failure.ts'
import { lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'

type Configure = Client['services']['configure']['mutate']

/** What of a service can be set; absent fields stay, `null` clears one. Seconds where the name says so. */
export type Settings = Omit<Parameters<Configure>[0], 'serviceKey'>

/** A service's settings as the monitor has them. */
export type ServiceSettings = Awaited<ReturnType<Configure>>

/**
 * Says how a service is called and when it is expected; makes it if it is new. The settings as they are now, or null
 * (and a line in the log) if it could not be done; never rejects. It is repeated for `timeoutMs` at most.
 *
 * @example
 * await setupService('nightly-backup', { displayName: 'Backup', schedule: '30 2 * * *', graceSeconds: 900 })
 */
export async function setupService(
  serviceKey: string,
  settings: Settings,
  options: HeartbeatOptions = {},
): Promise<ServiceSettings | null> {
  const line = lineOf(options)
  const { onError, signal } = options
  const told = { serviceKey, what: `the setup of "${String(serviceKey)}"`, onError }
  try {
    const input = copyOf({ ...settings, serviceKey })
    const timeoutMs = timeoutMsOf(options)
    const stored = await deliver(line, {
      ...told,
      send: (api, limit) => api.services.configure.mutate(input, { signal: limit }),
      withinMs: timeoutMs,
      timeoutMs,
      cut: signal,
      atExit: 'ends',
    })
    return stored ?? null
  } catch (error) {
    tell(line, told, failureOf(error))
    return null
  }
}
