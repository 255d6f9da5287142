/** The part of a logger that the bot uses. */
export interface BotLog {
  info: (message: string) => void
  warn: (message: string) => void
  error: (details: object, message: string) => void
}
