import type { CallbackData, Prefix } from './callbackData.ts'
import type { BotContext } from './context.ts'

/** What a button does. The answer is shown for a moment above the chat. */
export type Press<P extends Prefix> = (ctx: BotContext, data: CallbackData[P]) => Promise<string | undefined>

/** By the prefix of the buttons' data. */
export type Presses = { [P in Prefix]?: Press<P> }

export interface Command {
  name: string
  /** Other names under which people look for it. */
  aliases?: string[]
  /** What follows the name, e.g. `<key> [1h]`. */
  usage?: string
  /** For the menu and for /help. */
  description: string
  /** Neither it nor its buttons change anything in the monitor. */
  onlyReads?: true
  /** `words` is what was written after the name. */
  run: (ctx: BotContext, words: string) => Promise<unknown>
  presses?: Presses
}

/** A service by its key and by the name that people know. */
export interface NamedService {
  serviceKey: string
  displayName: string
}

/** A command about one service. */
export interface ServiceCommand extends Command {
  /** Whether anything may follow the service. */
  takesWords?: boolean
  /** How the message begins by which it asks for the words that are missing. */
  question?: string
  /** `words` is what was written after the service. */
  act: (ctx: BotContext, service: NamedService, words: string) => Promise<unknown>
}
