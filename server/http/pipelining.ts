import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { CallerError } from '../errors.ts'

/** How many requests one connection may have under way. No client needs nearly as many. */
const MOST_PER_CONNECTION = 100
/** How many all connections may have under way. Beyond it, each connection may have one. */
const MOST_IN_ALL = 10_000

/**
 * Limits HTTP pipelining: it cuts a connection that sends more and more requests without waiting for answers. Node
 * reads them all, and each takes memory until it is answered, so one client could fill the memory.
 */
export function limitPipelines(app: FastifyInstance): void {
  const underWay = new WeakMap<Socket, number>()
  let all = 0

  app.addHook('onRequest', async ({ raw: { socket } }, { raw: response }) => {
    const before = underWay.get(socket)
    if (before === undefined) socket.once('close', () => forget(socket))
    const count = (before ?? 0) + 1
    underWay.set(socket, count)
    all += 1
    response.once('close', () => settle(socket))
    if (count > MOST_PER_CONNECTION || (count > 1 && all > MOST_IN_ALL)) {
      socket.destroy()
      throw new CallerError('rate_limited', 'too many requests at once on one connection; wait for answers')
    }
  })

  function settle(socket: Socket): void {
    const count = underWay.get(socket)
    if (!count) return
    underWay.set(socket, count - 1)
    all -= 1
  }

  function forget(socket: Socket): void {
    all -= underWay.get(socket) ?? 0
    underWay.set(socket, 0)
  }
}
