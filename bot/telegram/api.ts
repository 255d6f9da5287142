import { Api, type ApiClientOptions } from 'grammy'

export interface TelegramOptions {
  token: string
  apiRoot?: string | undefined
}

export const createApi = ({ token, ...options }: TelegramOptions & { timeoutSeconds: number }) =>
  new Api(token, clientOptions(options))

/** The options of grammY's HTTP client. */
export const clientOptions = (options: { apiRoot?: string | undefined; timeoutSeconds: number }): ApiClientOptions => ({
  ...options,
  fetch: fetchOfNode,
})

/**
 * Node's fetch in place of grammY's, which has no timeout for connecting: with it a firewall that drops packets looks
 * like a lost answer. It also keeps connections until they are dead. Node's has neither fault, and knows the proxy
 * settings.
 */
function fetchOfNode(url: string, init: RequestInit): Promise<Response> {
  // grammY's signal is of another class, which Node's fetch does not take.
  const controller = new AbortController()
  if (init.signal?.aborted) controller.abort()
  init.signal?.addEventListener('abort', () => controller.abort(), { once: true })
  return fetch(url, { ...init, redirect: 'error', signal: controller.signal })
}
