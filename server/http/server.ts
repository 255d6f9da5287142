import querystring from 'node:querystring'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { TakeBackup } from '../backup/stock.ts'
import type { Deps } from '../deps.ts'
import { badRequest, CallerError, callerErrorOf, isOtherSchema } from '../errors.ts'
import { HTTP_STATUS } from '../reasons.ts'
import { createSessions } from '../session/sessions.ts'
import { createAccess } from './access/access.ts'
import { takeRawBodies } from './body.ts'
import { type HttpLimits, limitConnections, timeoutsOf } from './connectionLimits.ts'
import { type Door, openDoors, refuseTaken, refuseUnknown } from './door.ts'
import { backupDoor } from './doors/backup.ts'
import { badgeDoor } from './doors/badge.ts'
import { healthDoors } from './doors/health.ts'
import { heartbeatDoors } from './doors/heartbeat.ts'
import { metricsDoor } from './doors/metrics.ts'
import { openApiDoor } from './doors/openapi.ts'
import { pageDoors } from './doors/page.ts'
import { sessionDoors } from './doors/session.ts'
import { statusDoor } from './doors/status.ts'
import { openTrpc, TRPC_PREFIX } from './doors/trpc.ts'
import { headersFor } from './headers.ts'
import { refuseMalformed } from './malformed.ts'
import { createSemaphore, withRoom } from './semaphore.ts'

const BODY_LIMIT = 64 * 1024
/** How many calls other than heartbeats run at once. More would not be faster, and could take all connections. */
const QUESTIONS_AT_ONCE = 4
/** The longest name of a badge: a key of 200 characters, each of four bytes that are written as `%XX`, and `.svg`. */
const LONGEST_PARAM = 200 * 4 * 3 + '.svg'.length

export interface HttpOptions {
  /** The readiness check of `/ready`: throws if the database does not answer. */
  isReady: () => Promise<void>
  /** Throws 503 until the start has reached and migrated the database. */
  refuseUntilOpen: () => void
  takeBackup: TakeBackup
  /** The folder of the built page. */
  pageFolder: string
  /** Further doors, beside the monitor's own. */
  doors: readonly Door[]
  limits: HttpLimits
}

export async function createHttp(deps: Deps, options: HttpOptions): Promise<FastifyInstance> {
  const { apiKey, publicUrl } = deps.config
  const headers = headersFor(publicUrl)
  const refuse = (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) =>
    sendError(error, request, reply.headers(headers))
  const app = Fastify({
    loggerInstance: deps.log.child({}, { level: quieter(deps.log.level) }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ...timeoutsOf(options.limits),
    trustProxy: deps.config.trustProxy,
    routerOptions: {
      maxParamLength: LONGEST_PARAM,
      querystringParser: (text) => querystring.parse(text),
    },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: refuse,
  })
  const makeRoom = limitConnections(app, options.limits)
  app.setErrorHandler(refuse)
  refuseUnknown(app, new CallerError('no_such_address', 'there is nothing here; try GET /status, or POST /heartbeat'))

  const sessions = apiKey === undefined ? null : createSessions(deps, apiKey)
  const access = createAccess(deps, { sessions, refuseUntilOpen: options.refuseUntilOpen })
  takeRawBodies(app)
  app.addHook('onResponse', async ({ routeOptions }, { statusCode }) =>
    deps.metrics.answered(routeOptions.url ?? 'none', statusCode),
  )
  const questions = withRoom(createSemaphore(QUESTIONS_AT_ONCE), makeRoom)
  const own = [
    ...heartbeatDoors(deps),
    statusDoor(deps, questions),
    ...healthDoors(options.isReady),
    metricsDoor(deps),
    openApiDoor(deps.about.version, publicUrl ?? '/'),
    ...sessionDoors(deps, sessions, access.signIn),
    badgeDoor(deps, access.identify),
    backupDoor(options.takeBackup),
    ...pageDoors(options.pageFolder),
  ]
  refuseTaken(options.doors, [...own.map(({ url }) => url), TRPC_PREFIX])
  openDoors(app, [...own, ...options.doors], { check: access.check, headers })
  await openTrpc(app, deps, { access, headers, questions })
  return app
}

/** Drops Fastify's own messages of level `info`, which only say that it starts and stops. */
const quieter = (level: string) => (level === 'info' ? 'warn' : level)

function sendError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const { code, reason, message, cause, retryAfterSeconds } = callerErrorOf(translated(error, request))
  const status = HTTP_STATUS[code]
  if (status === 500 || isOtherSchema(cause)) request.log.error({ err: cause ?? error }, 'a request failed')
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', retryAfterSeconds)
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer')
  if (status === 415) reply.header('Accept-Encoding', 'identity')
  reply.code(status).send({ error: { code, reason, message } })
}

/** Turns Fastify's own errors into ours. */
function translated(error: FastifyError | Error, { routeOptions }: FastifyRequest): Error {
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status === 413) {
    return new CallerError(
      'body_too_large',
      `the body is larger than ${routeOptions.bodyLimit ?? BODY_LIMIT} bytes; send less`,
    )
  }
  // Fastify's message repeats the address, which may hold an API key.
  if ('code' in error && error.code === 'FST_ERR_BAD_URL')
    return badRequest('the address is not a valid url: a % in it begins no %XX of UTF-8', 'invalid_request')
  return status >= 400 && status < 500 ? badRequest(error.message, 'invalid_request') : error
}
