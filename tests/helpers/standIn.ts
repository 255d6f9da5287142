import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  path: string
  headers: IncomingMessage['headers']
  body: Record<string, { serviceKey: string; metadata?: unknown }>
  at: number
}

export type Answer = (response: ServerResponse, asked: Asked) => void

export interface StandIn {
  url: string
  asked: Asked[]
  /** Plans the answers from now on: one each, and the last for all further requests. */
  answer(...answers: Answer[]): void
  stop(): Promise<void>
  start(): Promise<void>
}

/** Accepts every call of a tRPC batch. */
export const taken: Answer = (response, { body }) => {
  const result = Object.values(body).map(() => ({ result: { data: { status: 'ok' } } }))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
}

/** Refuses every call of a tRPC batch, as the monitor does. */
export const refused =
  (httpStatus: number, message: string, headers: Record<string, string> = {}): Answer =>
  (response, { body }) => {
    const errors = Object.values(body).map(() => ({ error: { message, code: -32000, data: { httpStatus } } }))
    response.writeHead(httpStatus, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(errors))
  }

/** Never answers. */
export const silent: Answer = () => {}

/** Starts a stand-in for the monitor that can be stopped, be slow or refuse calls. */
export async function startStandIn(...answers: Answer[]): Promise<StandIn> {
  const asked: Asked[] = []
  let left = answers.length > 0 ? answers : [taken]
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const one: Asked = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(text || '{}'),
      at: performance.now(),
    }
    asked.push(one)
    const answer = left.length > 1 ? left.shift() : left[0]
    answer?.(response, one)
  })
  let port = 0
  const start = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const stop = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  await start()
  onTestFinished(stop)
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer(...next) {
      left = next
    },
    stop,
    start,
  }
}
