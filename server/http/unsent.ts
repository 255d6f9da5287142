import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { HttpLimits } from './connectionLimits.ts'

/** Cuts connections until all unsent bytes together are within the limit. */
export type MakeRoom = () => void

interface Answer {
  /** Since when its client has left bytes untaken. */
  unsentSince: number | null
}

/** How often the unsent bytes are added up, at most, because of requests that take no turn. */
const LOOK_AT_MOST_EVERY_MS = 50

/**
 * Limits what is kept for clients that do not read their answers (write backpressure). A connection that takes nothing
 * for `unreadMs` is cut; and so is the one that has kept its answer waiting for the longest, when all have more unsent
 * bytes together than `unsentBytes`.
 */
export function limitUnsent(
  app: FastifyInstance,
  { unreadMs, unsentBytes, stalledMs, lookEveryMs }: HttpLimits,
  now = () => performance.now(),
): MakeRoom {
  const underWay = new Map<Socket, Answer>()
  let lookedAt = Number.NEGATIVE_INFINITY

  app.addHook('onRequest', async ({ raw: { socket } }, { raw: response }) => {
    if (socket.destroyed) return
    underWay.set(socket, { unsentSince: null })
    response.once('close', () => hasLeft(socket))
    if (now() - lookedAt > LOOK_AT_MOST_EVERY_MS) makeRoom()
  })
  const looking = setInterval(makeRoom, lookEveryMs).unref()
  app.addHook('onClose', async () => clearInterval(looking))

  function hasLeft(socket: Socket): void {
    const answer = underWay.get(socket)
    underWay.delete(socket)
    if (answer && answer.unsentSince !== null) socket.setTimeout(stalledMs)
  }

  function makeRoom(): void {
    let unsent = bytesUnsent()
    if (unsent <= unsentBytes) return
    const slow = [...underWay].filter(([{ writableLength }]) => writableLength > 0)
    slow.sort(([, a], [, b]) => (a.unsentSince ?? 0) - (b.unsentSince ?? 0))
    for (const [socket] of slow) {
      unsent -= socket.writableLength
      socket.destroy()
      if (unsent <= unsentBytes) return
    }
  }

  function bytesUnsent(): number {
    lookedAt = now()
    let sum = 0
    for (const [socket, answer] of underWay) {
      sum += socket.writableLength
      const isUnsent = socket.writableLength > 0
      if (isUnsent === (answer.unsentSince !== null)) continue
      answer.unsentSince = isUnsent ? lookedAt : null
      // Node's timer starts anew whenever the client has taken something; it looks once in this time, so half is set.
      socket.setTimeout(isUnsent ? unreadMs / 2 : stalledMs)
    }
    return sum
  }

  return makeRoom
}
