import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { CallerError } from '../errors.ts'

/** How many requests one connection may have sent ahead. No client needs nearly as many. */
const MOST_PER_CONNECTION = 100
/** How many all connections may have under way. Beyond it, each connection may have one. */
const MOST_IN_ALL = 10_000

/** The requests of one connection: one is being answered, the others wait. */
interface Line {
  isBusy: boolean
  waiting: PromiseWithResolvers<void>[]
}

/**
 * Limits HTTP pipelining: a connection has one request answered at a time. Nothing more is read from it while others
 * wait, and it is cut beyond the limit. Node reads and answers all that are sent, and keeps what the client does not take.
 */
export function limitPipelines(app: FastifyInstance): void {
  const lines = new WeakMap<Socket, Line>()
  let all = 0

  app.addHook('onRequest', async ({ raw: { socket } }, { raw: response }) => {
    const line = lines.get(socket) ?? lineOf(socket)
    if (line.waiting.length >= MOST_PER_CONNECTION || (line.isBusy && all >= MOST_IN_ALL)) {
      socket.destroy()
      throw tooManyAtOnce()
    }
    all += 1
    response.once('close', () => next(socket, line))
    if (line.isBusy) {
      socket.pause()
      const turn = Promise.withResolvers<void>()
      line.waiting.push(turn)
      await turn.promise
    }
    line.isBusy = true
  })

  function lineOf(socket: Socket): Line {
    const line: Line = { isBusy: false, waiting: [] }
    lines.set(socket, line)
    socket.once('close', () => {
      all -= line.waiting.length
      for (const { reject } of line.waiting.splice(0)) reject(tooManyAtOnce())
    })
    return line
  }

  function next(socket: Socket, line: Line): void {
    all -= 1
    const turn = line.waiting.shift()
    if (!turn) line.isBusy = false
    turn?.resolve()
    // The last one may have a body that was not read yet.
    if (line.waiting.length === 0) socket.resume()
  }
}

const tooManyAtOnce = () =>
  new CallerError('rate_limited', 'too many requests at once on one connection; wait for answers')
