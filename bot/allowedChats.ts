/** The chats that may use the bot: those of TELEGRAM_CHAT_ID, and the supergroups that some of them have become. */
export interface AllowedChats {
  has: (chat: { id: number; username?: string | undefined }) => boolean
  /** All of them, as Telegram's API takes them. */
  all: () => string[]
  add: (chatId: number) => void
}

export function allowedChatsOf(chatIds: readonly string[]): AllowedChats {
  const known = new Set(chatIds.map((id) => id.toLowerCase()))
  return {
    has: ({ id, username }) =>
      known.has(String(id)) || (username !== undefined && known.has(`@${username.toLowerCase()}`)),
    all: () => [...known],
    add: (chatId) => void known.add(String(chatId)),
  }
}
