import { type Logger, pino, stdTimeFunctions } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** Writes the log to stdout: JSON lines for programs, readable lines for a person at a terminal. */
export function createLog(level: string): Log {
  const readable = process.stdout.isTTY
    ? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : undefined
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, serializers: { err: describe } }
  return pino(options, readable ?? process.stdout)
}

/** Picks the fields that say what happened. Others are secret: a database error holds its connection and password. */
function describe(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const { name, message, stack, code, cause } = error as Partial<Error> & { code?: unknown }
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) }
}
