import type { BotContext } from './context.ts'

/** What a button does; `data` is what follows its prefix. The answer is shown for a moment above the chat. */
export type Press = (ctx: BotContext, data: string[]) => Promise<string | undefined>

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
  /** By the prefix of the buttons' data. */
  presses?: { [prefix: string]: Press }
}

/** A service by its key and by the name that people know. */
export interface Named {
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
  act: (ctx: BotContext, service: Named, words: string) => Promise<unknown>
}
