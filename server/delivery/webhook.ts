import { STATUS_CODES } from 'node:http'
import { withoutCredentials } from '../net/credentials.ts'
import { isUnreached, retryAfterMs } from '../net/failure.ts'
import type { Delivery, Notifier, Outgoing } from './notifier.ts'

/** Posts each message as JSON. The path of the address is often a secret, so a reason names only the host. */
export function createWebhookNotifier({ timeoutMs = 20_000 }: { timeoutMs?: number } = {}): Notifier {
  return {
    async send(address, message) {
      const url = URL.parse(address)
      if (!url) return { outcome: 'refused', reason: 'ALERT_WEBHOOK_URL is not a web address', permanent: true }
      try {
        const response = await post(url, message, timeoutMs)
        await response.body?.cancel().catch(() => {})
        return deliveryOf(response, url.host)
      } catch (error) {
        return failureOf(error, url.host)
      }
    },
  }
}

function post(url: URL, { id, title, body, repeated, data }: Outgoing, timeoutMs: number): Promise<Response> {
  const { address, headers } = withoutCredentials(url)
  return fetch(address, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': id,
      'user-agent': 'stillbeat',
      ...headers,
    },
    body: JSON.stringify({ id, title, text: body === '' ? title : `${title}\n${body}`, repeated, ...data }),
  })
}

function deliveryOf({ status, headers }: Response, host: string): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'sent' }
  const said = `${host} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd()
  if (status < 400) {
    const reason = `${said}, a redirection, and those are not followed; set ALERT_WEBHOOK_URL to where it leads`
    return { outcome: 'refused', reason, permanent: true }
  }
  const waitMs = status === 429 || status === 503 ? waitOf(headers) : undefined
  if (waitMs !== undefined) return { outcome: 'refused', reason: said, permanent: false, retryAfterMs: waitMs }
  // The message may have got through the gateway, which only lost the answer.
  if ([502, 503, 504].includes(status)) return { outcome: 'lost', reason: said }
  const permanent = status < 500 && ![408, 425, 429].includes(status)
  const ofMessage = [400, 413, 422].includes(status) ? { ofMessage: true } : {}
  return { outcome: 'refused', reason: said, permanent, ...ofMessage }
}

/** Reads Retry-After: seconds, or a date. That clock may be wrong, so the answer's own date is subtracted. */
function waitOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000
  return retryAfterMs(Math.max(seconds, 0))
}

function failureOf(error: unknown, host: string): Delivery {
  const { name, cause } = error as Error
  const { code = '', syscall, message } = (cause ?? {}) as NodeJS.ErrnoException
  if (message === 'bad port') {
    return { outcome: 'refused', reason: `${host}: Node does not post to this port; choose another`, permanent: true }
  }
  if (isUnreached({ code, syscall })) {
    return { outcome: 'refused', reason: `${host} cannot be reached: ${code}`, permanent: false, unseen: true }
  }
  const what = name === 'TimeoutError' ? 'it took too long' : code || 'the connection broke'
  return { outcome: 'lost', reason: `no answer from ${host}: ${what}` }
}
