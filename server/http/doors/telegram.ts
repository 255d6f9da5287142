import Fastify, { type FastifyInstance } from 'fastify'
import { CallerError, callerErrorOf } from '../../errors.ts'
import { NOBODY } from '../../keys/caller.ts'
import { HTTP_STATUS } from '../../reasons.ts'
import { bodyFields, takeRawBodies } from '../body.ts'
import { HTTP_LIMITS, limitConnections, timeoutsOf } from '../connectionLimits.ts'
import { type Door, openDoors } from '../door.ts'
import { headersFor } from '../headers.ts'

/** Handles an update from Telegram. @returns false if the secret that came with it is wrong */
export type Receive = (update: unknown, secret: string | undefined) => Promise<boolean>

/** The webhook of the bot: Telegram posts here what people write. A secret header proves that it is Telegram. */
export function telegramDoor(webhookUrl: string, receive: Receive): Door {
  return {
    method: 'POST',
    url: new URL(webhookUrl).pathname,
    kind: 'open',
    bodyLimit: LARGEST_UPDATE,
    setting: 'TELEGRAM_WEBHOOK_URL',
    async handle(request) {
      const secret = request.headers['x-telegram-bot-api-secret-token']
      const isTaken = await receive(bodyFields(request), typeof secret === 'string' ? secret : undefined)
      if (!isTaken) throw new CallerError('wrong_key', 'this door is for Telegram')
      return {}
    },
  }
}

const TOO_LARGE = new CallerError('body_too_large', 'no update is as large as this')

/** In bytes: room for a message of 4,096 characters that quotes another, with their metadata. */
const LARGEST_UPDATE = 1024 * 1024

/** A server with only this door, for a bot that runs in its own process. */
export function createBotHttp(door: Door): FastifyInstance {
  const app = Fastify({ logger: false, forceCloseConnections: 'idle', ...timeoutsOf(HTTP_LIMITS) })
  limitConnections(app, HTTP_LIMITS)
  app.setErrorHandler((error: Error, _request, reply) => {
    const isTooLarge = 'statusCode' in error && error.statusCode === 413
    const { code, reason, message } = isTooLarge ? TOO_LARGE : callerErrorOf(error)
    reply.code(HTTP_STATUS[code]).send({ error: { code, reason, message } })
  })
  app.setNotFoundHandler(() => {
    throw new CallerError('no_such_address', 'there is nothing here but a door for Telegram')
  })
  takeRawBodies(app)
  openDoors(app, [door], { check: async () => NOBODY, headers: headersFor(undefined) })
  return app
}
