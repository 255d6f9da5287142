import type { Client } from './client.ts'
import { copyOf, deliver, report } from './deliver.ts'
import { toDeliveryError } from './failure.ts'
import { lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'

type Configure = Client['services']['configure']['mutate']

/**
 * The settings of a service that can be changed. Absent fields keep their value, and `null` clears one. Lengths of
 * time are in seconds.
 */
export type Settings = Omit<Parameters<Configure>[0], 'serviceKey'>

/** All settings of a service, as the monitor has them. */
export type ServiceSettings = Awaited<ReturnType<Configure>>

/**
 * Sets a service's name, group, schedule and other settings, and registers the service if it is new. Resolves to all its
 * settings, or to `null` and a line on the console if that failed; it never rejects. It retries for `timeoutMs` (10,000
 * by default).
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
      retryForMs: timeoutMs,
      timeoutMs,
      abort: signal,
      atExit: 'ends',
    })
    return stored ?? null
  } catch (error) {
    report(line, told, toDeliveryError(error))
    return null
  }
}
