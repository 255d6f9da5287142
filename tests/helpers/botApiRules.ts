import type { IncomingMessage } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

/** How a request fails: `hang` and `reset` before the message is accepted, `hangAfter` and `resetAfter` after. */
export type Fault =
  | { kind: '429'; retryAfter: number }
  | { kind: '500' | '502' | 'hang' | 'hangAfter' | 'reset' | 'resetAfter' }
  | { kind: 'slow'; ms: number }
  | { kind: 'error'; code: number; description: string }

export type Entity = { type: string; offset: number; length: number }
export type Payload = { [field: string]: unknown }
export type Button = { text: string; callback_data?: string; url?: string }

const MESSAGE_LIMIT = 4096

export class Refusal extends Error {
  code: number
  parameters: object | undefined

  constructor(code: number, description: string, parameters?: object) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

export async function read(request: IncomingMessage, token: string): Promise<{ method: string; payload: Payload }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const [, given, method = ''] = /^\/bot([^/]*)\/(\w+)$/.exec(decodeURIComponent(pathname)) ?? []
  const body = await textOf(request)
  if (given !== token) throw new Refusal(401, 'Unauthorized')
  const isJson = request.headers['content-type']?.startsWith('application/json')
  const form = new URLSearchParams([...searchParams, ...new URLSearchParams(isJson ? '' : body)])
  return { method, payload: { ...Object.fromEntries(form), ...(isJson && body ? parsed(body) : {}) } }
}

function parsed(json: string) {
  try {
    return JSON.parse(json)
  } catch {
    throw new Refusal(400, "Bad Request: can't parse JSON object")
  }
}

export function refuse(fault: Fault | undefined): void {
  if (fault?.kind === '500') throw new Refusal(500, 'Internal Server Error')
  if (fault?.kind === 'error') throw new Refusal(fault.code, fault.description)
  if (fault?.kind !== '429') return
  const { retryAfter: retry_after } = fault
  throw new Refusal(429, `Too Many Requests: retry after ${retry_after}`, { retry_after })
}

export function readText({ text: given, entities: list = [] }: Payload): { text: string; entities: Entity[] } {
  const text = String(given ?? '')
  const entities: Entity[] = typeof list === 'string' ? parsed(list) : list
  if (!text.isWellFormed()) throw new Refusal(400, 'Bad Request: strings must be encoded in UTF-8')
  if (text.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty')
  if (text.length > MESSAGE_LIMIT) throw new Refusal(400, 'Bad Request: message is too long')
  for (const { type, offset, length } of entities) {
    const isInside = Number.isInteger(offset) && offset >= 0 && length > 0 && offset + length <= text.length
    if (!type || !isInside || !text.slice(offset, offset + length).isWellFormed()) {
      throw new Refusal(400, `Bad Request: can't parse entities: wrong offset or length of ${type}`)
    }
  }
  return { text, entities }
}

/** Reads the buttons under a message. Like Telegram it refuses empty labels, and data beyond 64 bytes. */
export function readMarkup({ reply_markup: given }: Payload): Button[][] {
  const { inline_keyboard: rows = [] } = (typeof given === 'string' ? parsed(given) : (given ?? {})) as {
    inline_keyboard?: Button[][]
  }
  for (const { text, callback_data, ...rest } of rows.flat()) {
    const bytes = Buffer.byteLength(callback_data ?? '')
    if (bytes > 64) throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID')
    if (!text || (bytes === 0 && Object.keys(rest).length === 0)) {
      throw new Refusal(
        400,
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
      )
    }
  }
  return rows.filter((row) => row.length > 0)
}

export const bot = { id: 123456789, is_bot: true, first_name: 'Stillbeat', username: 'stillbeat_test_bot' }

export function chatOf(chatId: string) {
  if (chatId.startsWith('@')) return { id: -1009999999999, type: 'channel', title: chatId, username: chatId.slice(1) }
  const id = Number(chatId)
  if (id > 0) return { id, type: 'private', first_name: 'Somebody' }
  return { id, type: id < -1e12 ? 'supergroup' : 'group', title: 'Some group' }
}

interface Shown {
  chatId: string
  messageId: number
  text: string
  entities: Entity[]
  buttons: Button[][]
  threadId: number | null
  at: number
}

/** A message as Telegram describes it. */
export function shown({ chatId, messageId, text, entities, buttons, threadId, at }: Shown) {
  return {
    message_id: messageId,
    from: bot,
    chat: chatOf(chatId),
    date: Math.floor(at / 1000),
    text,
    ...(entities.length > 0 ? { entities } : {}),
    ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: buttons } } : {}),
    ...(threadId === null ? {} : { message_thread_id: threadId, is_topic_message: true }),
  }
}
