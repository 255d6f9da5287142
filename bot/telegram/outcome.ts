import { GrammyError, HttpError } from 'grammy'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { ThrottledError } from './throttle.ts'

/** A wrong number in an answer must not silence a chat for ever. */
const LONGEST_WAIT_SECONDS = 86_400

/** What an attempt came to that did not simply work. */
export function deliveryOf(error: unknown): Delivery {
  if (error instanceof ThrottledError) {
    return { outcome: 'refused', reason: `not sent yet: ${error.message}`, permanent: false }
  }
  if (!(error instanceof GrammyError)) {
    const { what, isConnected } = failureOf(error)
    return isConnected
      ? { outcome: 'lost', reason: `no answer from Telegram: ${what}` }
      : { outcome: 'refused', reason: `Telegram cannot be reached: ${what}`, permanent: false }
  }
  const { error_code: code } = error
  const { migrate_to_chat_id: to, retry_after = Number.NaN } = error.parameters
  if (to) return { outcome: 'moved', to: String(to) }
  if (isTokenRefused(error)) {
    const reason = `Telegram refuses the token: ${descriptionOf(error)}; set TELEGRAM_BOT_TOKEN to the one from @BotFather`
    return { outcome: 'refused', reason, permanent: false }
  }
  const reason = `Telegram refused: ${descriptionOf(error)}`
  if (code === 429) {
    const seconds = Math.min(retry_after, LONGEST_WAIT_SECONDS)
    return { outcome: 'refused', reason, permanent: false, ...(seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}) }
  }
  if (code >= 400 && code < 500) return { outcome: 'refused', reason, permanent: true }
  // A gateway that got no answer knows no more than we do.
  if (!(code >= 500) || [502, 503, 504].includes(code)) {
    return { outcome: 'lost', reason: `no answer from Telegram: ${descriptionOf(error)}` }
  }
  return { outcome: 'refused', reason, permanent: false }
}

export const isTokenRefused = ({ error_code }: GrammyError) => error_code === 401 || error_code === 404

/** What Telegram said, for a person. */
export const descriptionOf = ({ error_code, description }: GrammyError) =>
  error_code ? `${error_code} ${description}` : stranger

const stranger = 'what answered is not Telegram'

const notConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+)$/

/**
 * What went wrong where Telegram said nothing, and whether it had been reached at all. Never an error's own message: that
 * of JSON.parse quotes the answer, which may hold a part of the token.
 */
export function failureOf(error: unknown): { what: string; isConnected: boolean } {
  const { message = '', cause } = ((error instanceof HttpError ? error.error : error) ?? {}) as Partial<Error>
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException
  if (!code) return { what: message.includes('timed out') ? 'it took too long' : stranger, isConnected: true }
  // A connection that breaks may say the same as one that could not be made.
  return { what: code, isConnected: syscall === 'read' || syscall === 'write' || !notConnected.test(code) }
}

/** For a log line and a database column: on one line, not too long, and without the token, whoever repeated it. */
export function redact(text: string, token: string): string {
  const secrets = [token, encodeURIComponent(token), token.slice(token.indexOf(':') + 1)]
  const told = secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, '[token]') : rest), text)
  const line = told.replaceAll(/[\s\p{Cc}]+/gu, ' ')
  return line.slice(0, 400).toWellFormed()
}
