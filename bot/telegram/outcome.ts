import { GrammyError, HttpError } from 'grammy'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { isUnreached, retryAfterMs } from '../../server/net/failure.ts'
import { ThrottledError } from './throttle.ts'

/** Decides what became of a message whose call has failed. */
export function deliveryOf(error: unknown): Delivery {
  if (error instanceof ThrottledError) {
    return { outcome: 'refused', reason: `not sent yet: ${error.message}`, permanent: false, unseen: true }
  }
  if (!(error instanceof GrammyError)) {
    const { what, isConnected } = failureOf(error)
    return isConnected
      ? { outcome: 'lost', reason: `no answer from Telegram: ${what}` }
      : { outcome: 'refused', reason: `Telegram cannot be reached: ${what}`, permanent: false, unseen: true }
  }
  const { error_code: code } = error
  const { migrate_to_chat_id: to, retry_after = Number.NaN } = error.parameters
  if (to) return { outcome: 'moved', to: String(to) }
  if (isTokenRefused(error)) {
    const reason = `Telegram refuses the token: ${descriptionOf(error)}; set TELEGRAM_BOT_TOKEN to the one from @BotFather`
    return { outcome: 'refused', reason, permanent: false, unseen: true }
  }
  const reason = `Telegram refused: ${descriptionOf(error)}`
  if (code === 429) {
    const waitMs = retryAfterMs(retry_after)
    return { outcome: 'refused', reason, permanent: false, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) }
  }
  if (code >= 400 && code < 500) return { outcome: 'refused', reason, permanent: true }
  // A gateway that got no answer does not know whether the message was sent.
  if (!(code >= 500) || [502, 503, 504].includes(code)) {
    return { outcome: 'lost', reason: `no answer from Telegram: ${descriptionOf(error)}` }
  }
  return { outcome: 'refused', reason, permanent: false }
}

export const isTokenRefused = ({ error_code }: GrammyError) => error_code === 401 || error_code === 404

/** Telegram's own words about an error, with their number. */
export const descriptionOf = ({ error_code, description }: GrammyError) =>
  error_code ? `${error_code} ${description}` : NOT_TELEGRAM

const NOT_TELEGRAM = 'what answered is not Telegram'

/**
 * Says what went wrong where Telegram said nothing, and whether there was a connection. It never uses the message of an
 * error: that of JSON.parse quotes the answer, which may hold a part of the token.
 */
export function failureOf(error: unknown): { what: string; isConnected: boolean } {
  const { message = '', cause } = ((error instanceof HttpError ? error.error : error) ?? {}) as Partial<Error>
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException
  if (!code) return { what: message.includes('timed out') ? 'it took too long' : NOT_TELEGRAM, isConnected: true }
  return { what: code, isConnected: !isUnreached({ code, syscall }) }
}

/** Makes a text fit for a log line and a database column: without the token, on one line, at most 400 UTF-16 units. */
export function redact(text: string, token: string): string {
  const secrets = [token, encodeURIComponent(token), token.slice(token.indexOf(':') + 1)]
  const told = secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, '[token]') : rest), text)
  const line = told.replaceAll(/[\s\p{Cc}]+/gu, ' ')
  return line.slice(0, 400).toWellFormed()
}
