import { EventEmitter, on, once, setMaxListeners } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { onTestFinished } from 'vitest'
import {
  type Button,
  bot,
  chatOf,
  type Entity,
  type Fault,
  type Payload,
  Refusal,
  read,
  readMarkup,
  readText,
  refuse,
  shown,
} from './botApiRules.ts'

export type { Fault } from './botApiRules.ts'

export interface Accepted {
  chatId: string
  text: string
  /** The text that it was sent with, before it was edited. */
  sentText: string
  entities: Entity[]
  /** The buttons under it, row by row. */
  buttons: Button[][]
  replyTo: number | null
  threadId: number | null
  messageId: number
  at: number
  /** False if the answer was lost on purpose, or the bot had disconnected. */
  answered: boolean
}

export type BotApi = Awaited<ReturnType<typeof startBotApi>>

/** Messages that people write have ids from here on, those of the bot smaller ones. */
const FIRST_ID_OF_PEOPLE = 1_000_000

type Update = { update_id?: number; [field: string]: unknown }

/** Starts a stand-in for Telegram's Bot API over real HTTP, which answers as Telegram does, and fails if told to. */
export async function startBotApi(
  options: {
    token?: string
    stopAfter?: (stop: () => Promise<void>) => void
    /** Called for each sendMessage for which `fail` planned nothing. */
    faultOf?: () => Fault | undefined
  } = {},
) {
  const { token = '123456789:AAF-the_token_of_a_test-bot_1234567', stopAfter = onTestFinished, faultOf } = options
  const accepted: Accepted[] = []
  const requests: { method: string; payload: Payload; at: number }[] = []
  const faults: { method: string; fault: Fault }[] = []
  const events = new EventEmitter()
  const answers = new Map<string, { text: string; isAlert: boolean }>()
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
  let lastMessageId = 0
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
      const planned = faults.findIndex((each) => each.method === method)
      const fault =
        faults.splice(planned, planned < 0 ? 0 : 1)[0]?.fault ?? (method === 'sendMessage' ? faultOf?.() : undefined)
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
      const { message_id, allow_sending_without_reply } = (payload.reply_parameters ?? {}) as Payload
      const replyTo = message_id === undefined ? null : Number(message_id)
      const isThere = replyTo === null || replyTo >= FIRST_ID_OF_PEOPLE || find(chatId, replyTo) !== undefined
      if (!isThere && !allow_sending_without_reply)
        throw new Refusal(400, 'Bad Request: message to be replied not found')
      const message: Accepted = {
        chatId,
        text,
        sentText: text,
        entities,
        buttons: readMarkup(payload),
        replyTo: isThere ? replyTo : null,
        threadId: payload.message_thread_id === undefined ? null : Number(payload.message_thread_id),
        messageId: ++lastMessageId,
        at: Date.now(),
        answered: false,
      }
      accepted.push(message)
      return shown(message)
    },
    editMessageText: (payload) => edit(payload, readText(payload)),
    editMessageReplyMarkup: (payload) => edit(payload, {}),
    deleteMessage(payload) {
      const message = find(reachable(payload.chat_id), Number(payload.message_id))
      if (!message) throw new Refusal(400, 'Bad Request: message to delete not found')
      accepted.splice(accepted.indexOf(message), 1)
      return true
    },
    setWebhook: () => true,
    answerCallbackQuery({ callback_query_id, text = '', show_alert = false }) {
      answers.set(String(callback_query_id), { text: String(text), isAlert: String(show_alert) === 'true' })
      events.emit('answered')
      return true
    },
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

  const find = (chatId: string, messageId: number) =>
    accepted.find((each) => each.chatId === chatId && each.messageId === messageId)

  function edit(payload: Payload, text: { text?: string; entities?: Entity[] }) {
    const message = find(reachable(payload.chat_id), Number(payload.message_id))
    if (!message) throw new Refusal(400, 'Bad Request: message to edit not found')
    const changed = { ...message, ...text, buttons: readMarkup(payload) }
    if (isDeepStrictEqual(changed, message)) {
      throw new Refusal(
        400,
        'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      )
    }
    Object.assign(message, changed)
    events.emit('edited', message)
    return shown(message)
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
    /** Plans faults for the next sendMessage requests, one each. */
    fail(...next: Fault[]) {
      api.failAt('sendMessage', ...next)
    },
    /** Plans faults for the next requests of any method. */
    failAt(method: string, ...next: Fault[]) {
      faults.push(...next.map((fault) => ({ method, fault })))
    },
    shown,
    /** Waits until the bot has answered a press of a button. */
    async nextAnswer(id: string, timeoutMs = 15_000) {
      const signal = AbortSignal.timeout(timeoutMs)
      while (!answers.has(id)) await once(events, 'answered', { signal })
      return answers.get(id) as { text: string; isAlert: boolean }
    },
    /** Waits until `wants` is true of a message, now or after an edit. */
    async untilEdited(wants: (message: Accepted) => boolean, timeoutMs = 15_000): Promise<Accepted> {
      const already = accepted.find(wants)
      if (already) return already
      for await (const [message] of on(events, 'edited', { signal: AbortSignal.timeout(timeoutMs) })) {
        if (wants(message)) return message
      }
      throw new Error('unreachable')
    },
    migrate(from: string | number, to: string | number) {
      moves.set(String(from), String(to))
    },
    block(chatId: string | number) {
      blocked.add(String(chatId))
    },
    /** Sends the bot an update: somebody writes or presses a button. */
    say(update: Update) {
      updates.push({ update_id: nextUpdateId++, ...update })
      endPoll('said')
    },
    messages: (chatId?: string | number) =>
      accepted.filter((message) => chatId === undefined || message.chatId === String(chatId)),
    /** Waits for the first accepted message that no call has returned yet. */
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
