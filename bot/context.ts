import type { Context } from 'grammy'
import type { Client } from '../client/index.ts'

/** What a command works with. */
export type BotContext = Context & {
  /** By `performance.now()`. */
  askedAt: number
  /** The API of the monitor; its calls end soon enough for a sentence about it. */
  monitor: Client
  /** Where the monitor is, without credentials. */
  registryUrl: string
}
