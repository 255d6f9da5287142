import Fastify, { type FastifyInstance } from 'fastify'
import { CallerError, callerErrorOf } from '../../errors.ts'
import { NOBODY } from '../../keys/caller.ts'
import { HTTP_STATUS } from '../../reasons.ts'
import { bodyFields, takeRawBodies } from '../body.ts'
import { HTTP_LIMITS, limitConnections, timeoutsOf } from '../connectionLimits.ts'
import { type Door, openDoors, refuseUnknown } from '../door.ts'
import { headersFor } from '../headers.ts'

/** What takes updates of the bot. */
export interface UpdateReceiver {
  /** Whether a request with this secret comes from Telegram. */
  knows: (secret: string) => boolean
  receive: (update: unknown) => Promise<void>
}

/**
 * The webhook of the bot: Telegram posts here what people write. A secret header proves that it is Telegram, and is
 * checked before the body is read.
 */
export function telegramDoor(webhookUrl: string, { knows, receive }: UpdateReceiver): Door {
  return {
    method: 'POST',
    url: new URL(webhookUrl).pathname,
    kind: 'open',
    bodyLimit: LARGEST_UPDATE,
    setting: 'TELEGRAM_WEBHOOK_URL',
    before({ headers }) {
      const secret = headers['x-telegram-bot-api-secret-token']
      if (!knows(typeof secret === 'string' ? secret : ''))
        throw new CallerError('wrong_key', 'this door is for Telegram')
    },
    async handle(request) {
      await receive(bodyFields(request))
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
  refuseUnknown(app, new CallerError('no_such_address', 'there is nothing here but a door for Telegram'))
  takeRawBodies(app)
  openDoors(app, [door], { check: async () => NOBODY, headers: headersFor(undefined) })
  return app
}
