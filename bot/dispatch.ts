import { Composer } from 'grammy'
import { cut } from '../server/text/words.ts'
import { rich } from './answer/rich.ts'
import { answerPress, say } from './answer/say.ts'
import { OLD_BUTTON, UserError } from './ask/errors.ts'
import { nearestTo } from './ask/nearest.ts'
import { askedAbout } from './ask/prompt.ts'
import { isServiceCommand } from './ask/serviceCommand.ts'
import { decode } from './callbackData.ts'
import type { Command, Presses, ServiceCommand } from './command.ts'
import type { BotContext } from './context.ts'

/** Routes messages and presses of buttons to the commands that they are for. */
export function createDispatcher(commands: readonly Command[], otherPresses: Presses): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  const presses = new Map<string, Pressed>(
    Object.entries(Object.assign({}, otherPresses, ...commands.map((command) => command.presses))),
  )

  composer.on('callback_query:data', async (ctx) => {
    const pressed = decode(ctx.callbackQuery.data)
    const press = pressed && presses.get(pressed.prefix)
    if (!press) throw new UserError(OLD_BUTTON)
    await answerPress(ctx, await press(ctx, pressed.data))
  })
  // An edited message is a new command: people correct what they mistyped.
  composer.on([':text', 'edited_message:text', 'edited_channel_post:text'], (ctx) => read(ctx))
  return composer

  async function read(ctx: BotContext): Promise<unknown> {
    const text = ctx.msg?.text ?? ''
    const written = parseCommand(text)
    if (written) {
      if (written.to && written.to !== ctx.me.username.toLowerCase()) return
      const command = commands.find(({ name, aliases }) => name === written.name || aliases?.includes(written.name))
      return command ? command.run(ctx, written.words) : notKnown(ctx, written)
    }
    if (ctx.editedMessage || ctx.editedChannelPost) return
    const asked = ctx.msg?.reply_to_message
    if (asked?.from?.id === ctx.me.id) {
      for (const command of commands.filter(isServiceCommand)) {
        const key = command.question && askedAbout(asked, command.question)
        if (key) return answerPrompt(ctx, command, key, text.trim())
      }
    }
    if (ctx.chat?.type === 'private')
      return say(ctx, rich('I understand commands: /status shows how all are, /help what else I can do.'))
  }

  async function answerPrompt(ctx: BotContext, command: ServiceCommand, key: string, words: string): Promise<unknown> {
    return command.act(ctx, await ctx.monitor.services.get.query({ serviceKey: key }), words)
  }

  /** Answers an unknown command. In a group it may be meant for another bot, unless it names this one. */
  async function notKnown(ctx: BotContext, { name, to }: ParsedCommand): Promise<unknown> {
    if (ctx.chat?.type !== 'private' && !to) return
    const [near] = nearestTo(name, commands, (command) => [command.name])
    const hint = near ? `Did you mean /${near.item.name}?` : '/help lists what I can do.'
    return say(ctx, rich(`I do not know /${cut(name, 40)}. ${hint}`))
  }
}

/** A handler of any prefix. The type is loose here because `decode` has matched prefix and data already. */
type Pressed = (ctx: BotContext, data: unknown) => Promise<string | undefined>

/** Tells of an update whether it changes nothing in the monitor. */
export function readsOnly(commands: readonly Command[]): (ctx: BotContext) => boolean {
  const reading = commands.filter(({ onlyReads }) => onlyReads)
  const names = new Set(reading.flatMap(({ name, aliases = [] }) => [name, ...aliases]))
  const prefixes = new Set(reading.flatMap(({ presses = {} }) => Object.keys(presses)))
  return ({ callbackQuery, msg }) =>
    callbackQuery
      ? prefixes.has(decode(callbackQuery.data ?? '')?.prefix ?? '')
      : names.has(parseCommand(msg?.text ?? '')?.name ?? '')
}

interface ParsedCommand {
  name: string
  /** The bot that is named after the command, as in `/status@my_bot`. */
  to: string | undefined
  words: string
}

/** Parses `/name@bot words`. Upper case does not matter: phones capitalise the first letter. */
function parseCommand(text: string): ParsedCommand | null {
  const [whole, name, to] = /^\/(\w+)(?:@(\w+))?(?=\s|$)/.exec(text) ?? []
  if (whole === undefined || name === undefined) return null
  return { name: name.toLowerCase(), to: to?.toLowerCase(), words: text.slice(whole.length).trim() }
}
