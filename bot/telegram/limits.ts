/** What Telegram takes at most, from https://core.telegram.org/bots/api. It counts characters in UTF-16 units. */

/** The `text` of sendMessage and editMessageText. */
export const MESSAGE_LENGTH = 4_096
/** The `text` of answerCallbackQuery, which answers the press of a button. */
export const PRESS_ANSWER_LENGTH = 200
/** The `callback_data` of a button. */
export const CALLBACK_DATA_BYTES = 64
