import type { Socket } from 'node:net'
import type { Reason } from '../reasons.ts'

/** Messages by Node's error code. */
const faults = new Map([
  ['HPE_HEADER_OVERFLOW', 'the address and headers are larger than 16 KiB; a body may have 64 KiB'],
  [
    'HPE_INVALID_URL',
    'the address holds a character that must be written as %XX, e.g. curl -X POST URL/heartbeat --data-urlencode service_key=…',
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'the request took too long to arrive'],
])

/** Answers 400 to bytes that Node cannot parse as HTTP. No request exists yet, so Fastify cannot answer. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const message = faults.get(error.code ?? '') ?? 'this is not an HTTP request'
    const body = JSON.stringify({ error: { code: 'BAD_REQUEST', reason: 'invalid_request' satisfies Reason, message } })
    const length = Buffer.byteLength(body)
    socket.write(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroy(error)
}
