import { once, setMaxListeners } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** What befalls one sendMessage. `hang` and `reset` come before it is accepted, `hangAfter` and `resetAfter` after. */
export type Fault =
  | { kind: '429'; retryAfter: number }
  | { kind: '500' | '502' | 'hang' | 'hangAfter' | 'reset' | 'resetAfter' }
  | { kind: 'slow'; ms: number }
  | { kind: 'error'; code: number; description: string }

export interface Accepted {
  chatId: string
  text: string
  entities: Entity[]
  messageId: number
  at: number
  /** False where the answer was lost on purpose, or nobody waited for it any more. */
  answered: boolean
}

export type BotApi = Awaited<ReturnType<typeof startBotApi>>

type Entity = { type: string; offset: number; length: number }
type Payload = { [field: string]: unknown }
type Update = { update_id?: number; [field: string]: unknown }

const MESSAGE_LIMIT = 4096

/** A Telegram Bot API of our own, over real HTTP, with Telegram's answers and, if asked, its bad days. */
export async function startBotApi(
  options: {
    token?: string
    stopAfter?: (stop: () => Promise<void>) => void
    /** Asked for each sendMessage for which `fail` left nothing. */
    faultOf?: () => Fault | undefined
  } = {},
) {
  const { token = '123456789:AAF-the_token_of_a_test-bot_1234567', stopAfter = onTestFinished, faultOf } = options
  const accepted: Accepted[] = []
  const requests: { method: string; payload: Payload; at: number }[] = []
  const faults: Fault[] = []
  const injected: Record<Fault['kind'], number> = {
    429: 0,
    500: 0,
    502: 0,
    hang: 0,
    hangAfter: 0,
    reset: 0,
    resetAfter: 0,
    slow: 0,
    error: 0,
  }
  const moves = new Map<string, string>()
  const blocked = new Set<string>()
  const taken = new Set<Accepted>()
  const waiting = new Set<{ wants: (message: Accepted) => boolean; resolve: (message: Accepted) => void }>()
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  let updates: Update[] = []
  let nextUpdateId = 1
  let endPoll: (why: 'said' | 'conflict') => void = () => {}

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let message: Accepted | undefined
    const respond = (status: number, body: object) => {
      if (response.destroyed) return
      if (message) message.answered = true
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    try {
      const { method, payload } = await read(request, token)
      requests.push({ method, payload, at: Date.now() })
      if (!Object.hasOwn(methods, method)) throw new Refusal(404, 'Not Found')
      const fault = method === 'sendMessage' ? (faults.shift() ?? faultOf?.()) : undefined
      if (fault) injected[fault.kind] += 1
      if (fault?.kind === 'hang') return
      if (fault?.kind === 'reset') return void request.socket.resetAndDestroy()
      if (fault?.kind === '502') return void response.writeHead(502).end('<html><h1>502 Bad Gateway</h1></html>')
      refuse(fault)
      const count = accepted.length
      const result = methods[method]?.(payload)
      message = accepted[count]
      if (message) tell(message)
      if (fault?.kind === 'hangAfter') return
      if (fault?.kind === 'resetAfter') return void request.socket.resetAndDestroy()
      if (fault?.kind === 'slow') await sleep(fault.ms, undefined, { signal: stopping.signal })
      respond(200, { ok: true, result: await result })
    } catch (error) {
      if (stopping.signal.aborted) return
      const {
        code,
        message: description,
        parameters,
      } = error instanceof Refusal ? error : new Refusal(500, String(error))
      respond(code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) })
    }
  }

  const methods: Record<string, (payload: Payload) => unknown> = {
    getMe: () => bot,
    getChat: ({ chat_id }) => chatOf(reachable(chat_id)),
    sendMessage(payload) {
      const chatId = reachable(payload.chat_id)
      const { text, entities } = readText(payload)
      accepted.push({ chatId, text, entities, messageId: accepted.length + 1, at: Date.now(), answered: false })
      return shown(chatId, accepted.length, text, entities)
    },
    editMessageText(payload) {
      const chatId = reachable(payload.chat_id)
      const { text, entities } = readText(payload)
      const message = accepted.find((each) => each.chatId === chatId && each.messageId === Number(payload.message_id))
      if (!message) throw new Refusal(400, 'Bad Request: message to edit not found')
      Object.assign(message, { text, entities })
      return shown(chatId, message.messageId, text, entities)
    },
    answerCallbackQuery: () => true,
    setMyCommands: () => true,
    deleteWebhook: () => true,
    async getUpdates({ offset = 0, timeout = 0 }) {
      endPoll('conflict')
      updates = updates.filter(({ update_id = 0 }) => update_id >= Number(offset))
      if (updates.length === 0) {
        const { promise: ended, resolve } = Promise.withResolvers<string>()
        endPoll = resolve
        const why = await Promise.race([ended, sleep(Number(timeout) * 1000, '', { signal: stopping.signal })])
        if (why === 'conflict') throw new Refusal(409, 'Conflict: terminated by other getUpdates request')
      }
      return updates.slice(0, 100)
    },
  }

  function reachable(given: unknown): string {
    const chatId = String(given ?? '')
    if (chatId === '') throw new Refusal(400, 'Bad Request: chat_id is empty')
    const to = moves.get(chatId)
    if (to !== undefined) {
      const parameters = { migrate_to_chat_id: Number(to) }
      throw new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', parameters)
    }
    if (blocked.has(chatId)) throw new Refusal(403, 'Forbidden: bot was blocked by the user')
    if (api.chats && !api.chats.has(chatId)) throw new Refusal(400, 'Bad Request: chat not found')
    return chatId
  }

  function tell(message: Accepted): void {
    for (const waiter of waiting) {
      if (!waiter.wants(message)) continue
      waiting.delete(waiter)
      taken.add(message)
      waiter.resolve(message)
      return
    }
  }

  const api = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    /** The only chats that the bot can write to; if undefined, it can write to all. */
    chats: undefined as Set<string> | undefined,
    accepted,
    requests,
    injected,
    /** For the next sendMessage requests, one each. */
    fail(...next: Fault[]) {
      faults.push(...next)
    },
    migrate(from: string | number, to: string | number) {
      moves.set(String(from), String(to))
    },
    block(chatId: string | number) {
      blocked.add(String(chatId))
    },
    /** Somebody does something with the bot. */
    say(update: Update) {
      updates.push({ update_id: nextUpdateId++, ...update })
      endPoll('said')
    },
    messages: (chatId?: string | number) =>
      accepted.filter((message) => chatId === undefined || message.chatId === String(chatId)),
    /** The next accepted message, in the order of acceptance, that no call has returned yet. */
    async nextMessage(wants: (message: Accepted) => boolean = () => true, timeoutMs = 15_000): Promise<Accepted> {
      const already = accepted.find((message) => !taken.has(message) && wants(message))
      if (already) {
        taken.add(already)
        return already
      }
      const { promise, resolve, reject } = Promise.withResolvers<Accepted>()
      const waiter = { wants, resolve }
      waiting.add(waiter)
      const timer = setTimeout(() => {
        waiting.delete(waiter)
        const seen = accepted.map((each) => `\n${taken.has(each) ? 'seen' : 'new '} ${each.chatId}: ${each.text}`)
        reject(new Error(`no such message within ${timeoutMs} ms; accepted were ${seen.length}:${seen.join('')}`))
      }, timeoutMs)
      return promise.finally(() => clearTimeout(timer))
    },
    async stop() {
      stopping.abort()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  stopAfter(api.stop)
  return api
}

class Refusal extends Error {
  code: number
  parameters: object | undefined

  constructor(code: number, description: string, parameters?: object) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

async function read(request: IncomingMessage, token: string): Promise<{ method: string; payload: Payload }> {
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

function refuse(fault: Fault | undefined): void {
  if (fault?.kind === '500') throw new Refusal(500, 'Internal Server Error')
  if (fault?.kind === 'error') throw new Refusal(fault.code, fault.description)
  if (fault?.kind !== '429') return
  const { retryAfter: retry_after } = fault
  throw new Refusal(429, `Too Many Requests: retry after ${retry_after}`, { retry_after })
}

function readText({ text: given, entities: list = [] }: Payload): { text: string; entities: Entity[] } {
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

const bot = { id: 123456789, is_bot: true, first_name: 'Stillbeat', username: 'stillbeat_test_bot' }

function chatOf(chatId: string) {
  if (chatId.startsWith('@')) return { id: -1009999999999, type: 'channel', title: chatId, username: chatId.slice(1) }
  const id = Number(chatId)
  if (id > 0) return { id, type: 'private', first_name: 'Somebody' }
  return { id, type: id < -1e12 ? 'supergroup' : 'group', title: 'Some group' }
}

function shown(chatId: string, message_id: number, text: string, entities: Entity[]) {
  const date = Math.floor(Date.now() / 1000)
  return { message_id, from: bot, chat: chatOf(chatId), date, text, ...(entities.length > 0 ? { entities } : {}) }
}
