import { GrammyError } from 'grammy'
import { descriptionOf, failureOf, isTokenRefused } from './outcome.ts'

/** Explains for the log why no updates reach the bot. */
export function explainError(error: unknown): string {
  if (!(error instanceof GrammyError))
    return `the bot cannot reach Telegram (${failureOf(error).what}); it goes on trying`
  if (error.error_code === 409) {
    return `another program takes the updates of this bot (${descriptionOf(error)}); stop it, or make a bot of its own for one of them. The bot goes on trying`
  }
  if (isTokenRefused(error)) {
    return `TELEGRAM_BOT_TOKEN is refused by Telegram (${descriptionOf(error)}); ask @BotFather for the right one. The bot goes on trying`
  }
  return `Telegram refuses to give updates (${descriptionOf(error)}); the bot goes on trying`
}
