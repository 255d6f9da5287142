import { type ErrorCode, REASONS, type Reason } from './reasons.ts'

interface CallerErrorOptions extends ErrorOptions {
  /** Overrides the default of the code. */
  retryAfterSeconds?: number
  field?: string
}

/** An error that the caller is told as it is. Any other error is a fault of the server: it is logged, and not shown. */
export class CallerError extends Error {
  override name = 'CallerError'
  readonly reason: Reason
  readonly code: ErrorCode
  /** When to try again, for the header `Retry-After`. */
  readonly retryAfterSeconds: number | undefined
  /** The field of the input that is wrong, if the error is about one. */
  readonly field: string | undefined

  constructor(reason: Reason, message: string, options: CallerErrorOptions = {}) {
    super(message, options)
    this.reason = reason
    this.code = REASONS[reason]
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds ?? RETRY_AFTER_SECONDS[this.code]
  }
}

const RETRY_AFTER_SECONDS: { [code in ErrorCode]?: number } = { TOO_MANY_REQUESTS: 60, SERVICE_UNAVAILABLE: 2 }

type BadRequest = { [R in Reason]: (typeof REASONS)[R] extends 'BAD_REQUEST' ? R : never }[Reason]

export const badRequest = (message: string, reason: BadRequest = 'invalid_input') => new CallerError(reason, message)

/** @param field as the caller named it, such as `schedule` */
export const invalidField = (field: string, message: string) => new CallerError('invalid_input', message, { field })

export const noSuchService = (key: string) =>
  new CallerError('no_such_service', `no service "${key}"; GET /status lists the known ones`)

export const stopping = () => new CallerError('stopping', 'the monitor is stopping; try again, repeating is harmless')

/** Turns any error into what the caller is told, which never holds a stack trace or the words of PostgreSQL. */
export function callerErrorOf(error: unknown): CallerError {
  if (error instanceof CallerError) return error
  if (codeOf(error) === NUL_IN_TEXT) return badRequest('text must not contain NUL characters')
  if (isOtherSchema(error)) {
    return new CallerError(
      'database_newer',
      'the database is being upgraded, or was by a newer Stillbeat; try again, repeating is harmless',
      { cause: error },
    )
  }
  if (isDatabaseAway(error) || isTransient(error)) {
    return new CallerError(
      isTransient(error) ? 'database_busy' : 'database_away',
      'the database cannot take this right now; try again, repeating is harmless',
      { cause: error },
    )
  }
  return new CallerError('internal_error', 'something went wrong here; the log of the server says what', {
    cause: error,
  })
}

/** Whether an error means that the database could not be asked at all, and not that it refused a statement. */
export function isDatabaseAway(error: unknown): boolean {
  return connectionCodes.test(codeOf(error)) || connectionMessages.test(messageOf(error))
}

/** Whether PostgreSQL refused the user, the password or the name of the database. Retrying does not help a start. */
export const isWrongAddress = (error: unknown) => /^(28\w{3}|3D000)$/.test(codeOf(error))

/** Whether a retry may succeed: PostgreSQL gave up for a conflict, a deadlock, or a timeout of lock or statement. */
const isTransient = (error: unknown) => /^(40001|40P01|55P03|57014)$/.test(codeOf(error))

/** Whether the schema is not the one of this program: a table or column is missing, or has another type. */
export const isOtherSchema = (error: unknown) => /^(42P01|42703|0A000)$/.test(codeOf(error))

// pg-boss reports some errors as plain objects with the same fields.
const fieldOf = (error: unknown, name: 'code' | 'message') =>
  String((error as Record<typeof name, unknown> | null | undefined)?.[name] ?? '')
const codeOf = (error: unknown) => fieldOf(error, 'code')
const messageOf = (error: unknown) => fieldOf(error, 'message')

/** PostgreSQL's code for a character that its texts cannot hold. In valid UTF-8 only NUL is one. */
const NUL_IN_TEXT = '22021'

/**
 * Node's codes, and PostgreSQL's: 08 connection, 28 login, 3D000 database, 53 resources, 57P0x stop, 57014 and 55P03 waited too long,
 * 25006 read-only. */
const connectionCodes =
  /^(E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_)\w*|ENOTFOUND|08\w{3}|28\w{3}|3D000|53\w{3}|57P0\d|57014|55P03|25006)$/
const connectionMessages =
  /connection terminated|client has encountered a connection error|timeout exceeded when trying to connect|query read timeout|connection timeout|timeout expired|client was closed|listen\/notify (connection|heartbeat)|PGlite is closed/i
