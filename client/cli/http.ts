import type { IncomingMessage } from 'node:http'
import { builtin } from './builtin.ts'
import { clean } from './clean.ts'

export interface Monitor {
  url: string
  /** The key; empty if there is none. */
  key: string
}

interface Question {
  method: 'GET' | 'POST'
  /** The path and the query. */
  path: string
  body?: object
  signal: AbortSignal
}

/** Why the monitor gave no answer. The message is for people, and has no credentials in it. */
export class AskError extends Error {
  override name = 'AskError'
  /** Whether a retry may succeed. */
  readonly isTransient: boolean
  readonly retryAfterMs: number

  constructor(message: string, { isTransient = false, retryAfterMs = 0 } = {}) {
    super(message)
    this.isTransient = isTransient
    this.retryAfterMs = retryAfterMs
  }
}

const LONGEST_MESSAGE = 300

/** Asks a monitor once, and resolves to the text of its answer. Rejects with an `AskError` unless that is a 200. */
export async function ask(monitor: Monitor, question: Question): Promise<string> {
  const response = await open(monitor, question)
  return textOf(response).catch((error) => {
    throw unreachable(monitor, question, error)
  })
}

/** Asks a monitor once, and resolves to its answer, still unread. Rejects with an `AskError` unless that is a 200. */
export async function open(monitor: Monitor, question: Question): Promise<IncomingMessage> {
  const { key } = monitor
  const base = baseOf(monitor.url)
  const headers = {
    accept: 'application/json',
    ...(question.body ? { 'content-type': 'application/json' } : {}),
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  }
  try {
    const response = await send(base, { ...question, headers })
    const { statusCode = 0 } = response
    if (statusCode === 200) return response
    throw new AskError(`${addressOf(base)} ${refusalOf(response, await textOf(response))}`, {
      isTransient: statusCode >= 500 || statusCode === 408 || statusCode === 429,
      retryAfterMs: 1000 * (Number(response.headers['retry-after']) || 0),
    })
  } catch (error) {
    throw error instanceof AskError ? error : unreachable(monitor, question, error as Error)
  }
}

function unreachable({ url }: Monitor, { signal }: Question, error: NodeJS.ErrnoException): AskError {
  return new AskError(`${addressOf(baseOf(url))} ${connectionFault(error, signal)}`, { isTransient: true })
}

const addressOf = ({ protocol, host, pathname }: URL) => `${protocol}//${host}${pathname}`

/** Asks a monitor once for JSON. */
export async function askJson<T>(monitor: Monitor, question: Question): Promise<T> {
  return jsonOf(monitor, await ask(monitor, question))
}

export function jsonOf<T>({ url }: Monitor, text: string): T {
  try {
    return JSON.parse(text)
  } catch {
    throw new AskError(`${baseOf(url).host} answered, but not as Stillbeat does; is the address right?`)
  }
}

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined
  if (base && /^https?:$/.test(base.protocol)) {
    base.pathname = base.pathname.replace(/\/+$/, '')
    return base
  }
  throw new AskError('the address of the monitor must begin with http:// or https://, e.g. http://127.0.0.1:8765')
}

function send(
  base: URL,
  { path, body, ...options }: Question & { headers: Record<string, string> },
): Promise<IncomingMessage> {
  const { request } = builtin(base.protocol === 'https:' ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base)
    url.username = base.username
    url.password = base.password
    const sent = request(url, options, resolve)
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}

function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (part) => {
      text += part
    })
    response.on('end', () => resolve(text))
    response.on('error', reject)
  })
}

const connectionFaults = new Map([
  ['ECONNREFUSED', 'cannot be reached: the connection was refused'],
  ['ECONNRESET', 'broke the connection off'],
  ['ENOTFOUND', 'cannot be reached: no such host'],
  ['EAI_AGAIN', 'cannot be reached: its name cannot be looked up'],
  ['ETIMEDOUT', 'cannot be reached: no answer'],
  ['ERR_INVALID_CHAR', 'was not asked: the key holds characters that no header can'],
])

function connectionFault({ code = '', message }: NodeJS.ErrnoException, signal: AbortSignal): string {
  if (signal.aborted) return 'did not answer in time'
  return connectionFaults.get(code) ?? `cannot be reached: ${clean(code || message)}`
}

function refusalOf({ statusCode, headers }: IncomingMessage, text: string): string {
  if (statusCode === 401 || statusCode === 403) {
    return `refused: ${messageOf(text) || statusCode} (the key is SERVICE_REGISTRY_KEY, or --key)`
  }
  if (headers.location) return `answered ${statusCode}: it has moved to ${clean(headers.location)}; use that address`
  return `answered ${statusCode}${messageOf(text) && `: ${messageOf(text)}`}`
}

/** The message of an error answer, which plain HTTP routes and tRPC have at the same place; empty if there is none. */
function messageOf(text: string): string {
  try {
    const message: unknown = JSON.parse(text).error.message
    return typeof message === 'string' ? clean(message).slice(0, LONGEST_MESSAGE) : ''
  } catch {
    return ''
  }
}
