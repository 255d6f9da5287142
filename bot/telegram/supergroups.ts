import { type Api, GrammyError } from 'grammy'
import type { AllowedChats } from '../allowedChats.ts'
import { type RetryOptions, retry } from './retry.ts'

/** Groups that became supergroups while the bot was not there have other numbers than those it was given: asking for them tells (migration.ts). */
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
    // What Telegram itself answers does not change when it is asked again.
    if (!(error instanceof GrammyError) || error.error_code >= 500) throw error
  }
}
