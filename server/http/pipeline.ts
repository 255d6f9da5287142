import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { CallerError } from '../errors.ts'

/** Far beyond what any client has under way on one connection. */
const MOST_OF_ONE = 100
/** Of all connections together; beyond it each may have one. */
const MOST_OF_ALL = 10_000

/**
 * Cuts a connection on which requests come without end while their answers wait. Node reads them all, and each takes
 * memory until it is answered, so one stranger could fill it.
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
    if (count > MOST_OF_ONE || (count > 1 && all > MOST_OF_ALL)) {
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
