import type { Endpoint } from './client.ts'
import type { DeliveryError } from './failure.ts'

/** Logs a failure to the console once when it begins and once when it is over, however often it occurs. */
export interface Reporter {
  failed(error: DeliveryError, serviceKey: string, what: string): void
  succeeded(serviceKey: string): void
  /** Whether the monitor could not be reached at the last attempt. */
  isAway(): boolean
}

const MOST_REFUSED = 1_000

export function createReporter({ url, secrets }: Endpoint): Reporter {
  /** What fails for every service: 'away', or the status of a refusal. */
  let lineFault: string | null = null
  /** Services whose own heartbeats are refused. */
  const refused = new Set<string>()
  const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  const say = (level: 'warn' | 'info', text: string) => {
    if (typeof console !== 'undefined') console[level](`stillbeat: ${clean(text)}`)
  }

  return {
    failed(error, serviceKey, what) {
      const kind = kindOf(error)
      if (kind === 'service') {
        if (refused.has(serviceKey)) return
        if (refused.size === MOST_REFUSED) refused.clear()
        refused.add(serviceKey)
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
    isAway: () => lineFault === 'away',
  }
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
