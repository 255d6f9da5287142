import { type Logger, pino, stdTimeFunctions } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** JSON lines for programs, readable lines for a person at a terminal. */
export function createLog(level: string): Log {
  const readable = process.stdout.isTTY
    ? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : undefined
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, serializers: { err: describe } }
  return pino(options, readable ?? process.stdout)
}

/** A database error carries its whole connection with it, secrets and all; these fields say what happened. */
function describe(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const { name, message, stack, code, cause } = error as Partial<Error> & { code?: unknown }
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) }
}
