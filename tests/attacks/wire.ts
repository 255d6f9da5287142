import { connect } from 'node:net'

export interface Reply {
  /** The HTTP status; 0 if the connection was closed without an answer. */
  status: number
  headers: string
  body: string
}

/** A request that is sent without any check. */
export interface Request {
  method?: string
  path?: string
  /** A list where the same name is sent several times. */
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
  /** Closes a stream of events once this text has come. */
  leaveAfter?: string
}

const REFUSED_EVENT = /event: serialized-error[\s\S]*?"httpStatus":(\d{3})/
/** The status if no answer came in time. */
const NEVER = -1
/** A timeout, longer than the server lets a request take. */
const LONGEST_ANSWER_MS = 40_000

/** Sends any bytes, and reads until the connection is closed. */
export function send(url: string, request: Request | string): Promise<Reply> {
  const { hostname, port, host } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<Reply>()
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  let text = ''
  socket.setTimeout(LONGEST_ANSWER_MS, () => {
    const reply = replyOf(text)
    resolve(reply.status === 0 ? { ...reply, status: NEVER } : reply)
  })
  socket.on('data', (chunk) => {
    text += chunk
    const isEnough = typeof request !== 'string' && request.leaveAfter && text.includes(request.leaveAfter)
    if (isEnough || REFUSED_EVENT.test(text)) socket.destroy()
  })
  // A server that refuses early closes the connection while the rest is still being sent.
  socket.on('error', () => {})
  socket.on('close', () => resolve(replyOf(text)))
  socket.write(typeof request === 'string' ? request.replaceAll('HOST', host) : bytesOf(request, host))
  return promise.finally(() => socket.destroy())
}

function bytesOf({ method = 'GET', path = '/', headers = {}, body = '' }: Request, host: string): Buffer {
  const all = {
    Host: host,
    Connection: 'close',
    ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  }
  const lines = Object.entries({ ...all, ...headers }).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  )
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}

function replyOf(text: string): Reply {
  const [headers = '', ...rest] = text.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, '').split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  // tRPC answers 200 to a subscription before it has checked it; the refusal is in the first event.
  const refused = REFUSED_EVENT.exec(body)?.[1]
  return { status: Number(refused ?? /^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1] ?? 0), headers, body }
}
