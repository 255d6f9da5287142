import type { Endpoint } from './client.ts'
import type { DeliveryError } from './failure.ts'

/** Logs to the console: a failure once when it begins and once when it is over, however often it occurs. */
export interface Reporter {
  failed(error: DeliveryError, serviceKey: string, what: string): void
  succeeded(serviceKey: string): void
  /** A wrapped function has ended: says once for each service what to use instead. */
  ended(serviceKey: string, hint: string): void
  /** Whether the monitor could not be reached at the last attempt. */
  isAway(): boolean
}

/** The most services whose refusals, or whose ends, are remembered as told. */
const MOST_TOLD = 1_000

export function createReporter({ url, secrets }: Endpoint): Reporter {
  /** What fails for every service: 'away', or the status of a refusal. */
  let lineFault: string | null = null
  /** Services whose own heartbeats are refused. */
  const refused = new Set<string>()
  /** Services whose wrapped functions have ended. */
  const ended = new Set<string>()
  const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  const say = (level: 'warn' | 'info', text: string) => {
    if (typeof console !== 'undefined') console[level](`stillbeat: ${clean(text)}`)
  }

  return {
    failed(error, serviceKey, what) {
      const kind = kindOf(error)
      if (kind === 'service') {
        if (!isNew(refused, serviceKey)) return
      } else {
        if (lineFault === kind) return
        lineFault = kind
      }
      say('warn', warning(error, what, url))
    },
    succeeded(serviceKey) {
      if (lineFault !== null) say('info', `${url} takes heartbeats again`)
      else if (refused.has(serviceKey)) say('info', `${url} takes heartbeats of "${serviceKey}" again`)
      lineFault = null
      refused.delete(serviceKey)
    },
    ended(serviceKey, hint) {
      if (!isNew(ended, serviceKey)) return
      say(
        'warn',
        `the function of "${String(serviceKey)}" has ended, and its silence will be taken for a fault: ${hint}`,
      )
    },
    isAway: () => lineFault === 'away',
  }
}

/** Adds a service to those that were told. @returns whether it was not among them */
function isNew(told: Set<string>, serviceKey: string): boolean {
  if (told.has(serviceKey)) return false
  if (told.size === MOST_TOLD) told.clear()
  told.add(serviceKey)
  return true
}

/** HTTP statuses that are about the address or the key, whichever service was sent. */
const FOR_EVERY_SERVICE = [401, 403, 404, 405]

function kindOf({ status, permanent }: DeliveryError): string {
  if (!permanent) return 'away'
  return status === undefined || FOR_EVERY_SERVICE.includes(status) ? String(status) : 'service'
}

function warning({ message, status, permanent }: DeliveryError, what: string, url: string): string {
  if (!permanent) return `${what} did not reach ${url}: ${message}; it is tried again, and your program goes on`
  return `${url} did not take ${what}: ${message}${status ? ` (${status})` : ''}${cureOf(status)}`
}

function cureOf(status: number | undefined): string {
  switch (status) {
    case undefined:
      return '; set SERVICE_REGISTRY_URL or the option url to an address such as https://stillbeat.example.org'
    case 401:
      return '; set SERVICE_REGISTRY_KEY or the option key to a key of this monitor'
    case 403:
      return '; use a key that may do this, and the address that the monitor has as PUBLIC_URL'
    case 404:
    case 405:
      return '; set SERVICE_REGISTRY_URL or the option url to the address of a Stillbeat monitor'
    default:
      return '; it is not repeated until that is mended'
  }
}
