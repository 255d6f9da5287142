import type { CallbackData, Prefix } from './callbackData.ts'
import type { BotContext } from './context.ts'

/** What a button does when it is pressed. The text that it returns is shown above the chat for a moment. */
export type Press<P extends Prefix> = (ctx: BotContext, data: CallbackData[P]) => Promise<string | undefined>

/** Handlers of buttons, by the prefix of their data. */
export type Presses = { [P in Prefix]?: Press<P> }

export interface Command {
  name: string
  /** Other names under which people look for it. */
  aliases?: string[]
  /** What follows the name, e.g. `<key> [1h]`. */
  usage?: string
  /** The menu and /help show it. */
  description: string
  /** True if neither the command nor its buttons change anything in the monitor. */
  onlyReads?: true
  /** `words` is what was written after the name of the command. */
  run: (ctx: BotContext, words: string) => Promise<unknown>
  presses?: Presses
}

/** A service with its key and the name that people know. */
export interface NamedService {
  serviceKey: string
  displayName: string
}

/** A command about one service. */
export interface ServiceCommand extends Command {
  /** Whether anything may follow the service. */
  takesWords?: boolean
  /** How the message begins that asks for missing words. An answer to that message is recognised by it. */
  question?: string
  /** `words` is what was written after the service. It is empty if nothing was. */
  act: (ctx: BotContext, service: NamedService, words: string) => Promise<unknown>
}
