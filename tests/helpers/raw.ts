import { connect } from 'node:net'

export interface RawAnswer {
  /** The HTTP status; 0 if the server closed the connection without an answer. */
  status: number
  body: string
}

const LONGEST_ANSWER_MS = 5_000

/** Sends bytes to a server, and waits until it has answered and closed the connection. */
export async function sendBytes(url: string, bytes: Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('utf8')
  socket.setTimeout(LONGEST_ANSWER_MS, () => socket.destroy(new Error(`no answer in ${LONGEST_ANSWER_MS} ms`)))
  socket.on('data', (text) => {
    answer += text
  })
  // A server that refuses early closes while the rest is still being sent.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
  })
  socket.on('close', () => resolve(answer))
  socket.write(bytes)
  const [head = '', ...body] = (await promise).split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), body: body.join('\r\n\r\n') }
}

/** Sends a request whose address may hold any bytes. */
export function sendRequest(
  url: string,
  line: Uint8Array | string,
  { type, body = '' }: { type?: string; body?: Uint8Array | string } = {},
): Promise<RawAnswer> {
  const head = [
    ' HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    '\r\n',
  ]
  return sendBytes(url, Buffer.concat([Buffer.from(line), Buffer.from(head.join('\r\n')), Buffer.from(body)]))
}
