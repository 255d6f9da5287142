import { type Api, GrammyError } from 'grammy'
import type { AllowedChats } from '../allowedChats.ts'
import { type RetryOptions, retry } from './retry.ts'

/**
 * Finds groups that became supergroups while the bot was not running, and so have new numbers. A call with the old
 * number tells the new one, and migration.ts allows that chat.
 */
export async function followSupergroups(api: Api, allowedChats: AllowedChats, options: RetryOptions): Promise<void> {
  const groups = allowedChats.all().filter((id) => id.startsWith('-') && !id.startsWith('-100'))
  for (const id of groups) {
    await retry(options, () => look(api, id)).catch(() => {})
  }
}

async function look(api: Api, id: string): Promise<void> {
  try {
    await api.getChat(id)
  } catch (error) {
    // A refusal by Telegram stays the same, so it is not tried again.
    if (!(error instanceof GrammyError) || error.error_code >= 500) throw error
  }
}
