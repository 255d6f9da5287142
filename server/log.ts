import { type Logger, pino, stdTimeFunctions } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

/** JSON lines for programs, readable lines for a person at a terminal. */
export function createLog(level: string): Log {
  const readable = process.stdout.isTTY
    ? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : undefined
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, readable ?? process.stdout)
}
