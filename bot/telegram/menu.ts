import type { Bot } from 'grammy'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { type RetryOptions, retry } from './retry.ts'

/** Sets the menu of commands that Telegram shows. It retries in the background. */
export async function registerMenu(
  bot: Bot<BotContext>,
  commands: readonly Command[],
  options: RetryOptions,
): Promise<void> {
  const menu = commands.map(({ name, description }) => ({ command: name, description }))
  await retry(options, () => bot.api.setMyCommands(menu, undefined, options.signal as never)).catch(() => {})
}
