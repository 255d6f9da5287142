import { GrammyError } from 'grammy'
import { answer, isTokenRefused, trouble } from './outcome.ts'

/** Why the bot hears nothing, for the log. */
export function explainTrouble(error: unknown): string {
  if (!(error instanceof GrammyError))
    return `the bot cannot reach Telegram (${trouble(error).what}); it goes on trying`
  if (error.error_code === 409) {
    return `another program takes the updates of this bot (${answer(error)}); stop it, or make a bot of its own for one of them. The bot goes on trying`
  }
  if (isTokenRefused(error)) {
    return `TELEGRAM_BOT_TOKEN is refused by Telegram (${answer(error)}); ask @BotFather for the right one. The bot goes on trying`
  }
  return `Telegram refuses to give updates (${answer(error)}); the bot goes on trying`
}
