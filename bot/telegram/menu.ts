import type { Bot } from 'grammy'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { type RetryOptions, retry } from './retry.ts'

/** Tells Telegram what to show as the menu; nothing else waits for it. */
export async function registerMenu(
  bot: Bot<BotContext>,
  commands: readonly Command[],
  options: RetryOptions,
): Promise<void> {
  const menu = commands.map(({ name, description }) => ({ command: name, description }))
  await retry(options, () => bot.api.setMyCommands(menu, undefined, options.signal as never)).catch(() => {})
}
