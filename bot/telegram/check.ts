import { type Api, GrammyError } from 'grammy'
import { descriptionOf, failureOf, isTokenRefused } from './outcome.ts'

/** Checks a token and the chats that it is to write to. @returns a sentence for each fault */
export async function checkSettings(api: Api, addresses: readonly string[]): Promise<string[]> {
  try {
    const { username } = await api.getMe()
    return (await Promise.all(addresses.map((address) => checkChat(api, address, username)))).flat()
  } catch (error) {
    if (!(error instanceof GrammyError) || !isTokenRefused(error)) return [unreachable(error)]
    return [
      `TELEGRAM_BOT_TOKEN is refused by Telegram (${descriptionOf(error)}); ask @BotFather for the right one. Alerts wait until it is set`,
    ]
  }
}

async function checkChat(api: Api, address: string, username: string): Promise<string[]> {
  try {
    await api.getChat(address)
    return []
  } catch (error) {
    if (!(error instanceof GrammyError) || ![400, 403].includes(error.error_code)) return [unreachable(error)]
    const to = error.parameters.migrate_to_chat_id
    const said = to
      ? `this group has become a supergroup; write ${to} instead`
      : error.error_code === 403
        ? `the bot @${username} is shut out of this chat (${descriptionOf(error)}); let it in again`
        : `Telegram does not know this chat for the bot @${username} (${descriptionOf(error)}); write to the bot first, or add it to the group`
    return [`TELEGRAM_CHAT_ID ${address}: ${said}`]
  }
}

function unreachable(error: unknown): string {
  const what = error instanceof GrammyError ? descriptionOf(error) : failureOf(error).what
  return `Telegram cannot be reached (${what}); alerts wait until it can`
}
