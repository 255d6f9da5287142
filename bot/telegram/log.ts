/** As much of a logger as the bot needs. */
export interface BotLog {
  info: (message: string) => void
  warn: (message: string) => void
  error: (details: object, message: string) => void
}
