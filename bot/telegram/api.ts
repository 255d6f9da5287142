import { Api, type ApiClientOptions } from 'grammy'

export interface TelegramOptions {
  token: string
  apiRoot?: string | undefined
}

export const createApi = ({ token, ...options }: TelegramOptions & { timeoutSeconds: number }) =>
  new Api(token, clientOptions(options))

/** How grammY reaches Telegram. */
export const clientOptions = (options: { apiRoot?: string | undefined; timeoutSeconds: number }): ApiClientOptions => ({
  ...options,
  fetch: fetchOfNode,
})

/**
 * grammY's own fetch never gives up connecting, so that its time limit cannot tell a firewall that swallows everything
 * from a lost answer, and it keeps connections until they are dead; Node's does neither, and knows the proxy settings.
 */
function fetchOfNode(url: string, init: RequestInit): Promise<Response> {
  // grammY's signal is not Node's, which takes no other.
  const controller = new AbortController()
  if (init.signal?.aborted) controller.abort()
  init.signal?.addEventListener('abort', () => controller.abort(), { once: true })
  return fetch(url, { ...init, redirect: 'error', signal: controller.signal })
}
