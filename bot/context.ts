import type { Context } from 'grammy'
import type { Client } from '../client/index.ts'

/** grammY's context of one update, with what every command needs. */
export type BotContext = Context & {
  /** When the update arrived, by `performance.now()`. */
  askedAt: number
  /** The API of the monitor. Its calls time out soon enough for an error to be answered (timeout.ts). */
  monitor: Client
  /** The address of the monitor, without credentials. */
  registryUrl: string
}
