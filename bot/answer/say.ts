import { GrammyError, type InlineKeyboard } from 'grammy'
import type { ForceReply, Message } from 'grammy/types'
import { cut } from '../../server/text/words.ts'
import type { BotContext } from '../context.ts'
import { PRESS_ANSWER_LENGTH } from '../telegram/limits.ts'
import type { Rich } from './rich.ts'

interface SayOptions {
  markup?: InlineKeyboard | ForceReply | undefined
  /** The number of the message that this one replies to. */
  replyTo?: number | undefined
}

/** Sends a message to the chat and topic of the update. */
export async function say(
  ctx: BotContext,
  { text, entities }: Rich,
  { markup, replyTo }: SayOptions = {},
): Promise<Message> {
  const replies =
    replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }
  return ctx.reply(text, { ...messageOptions(entities, markup), ...replies })
}

/**
 * Answers a command with a new message, and a press by editing the message of the button. A deleted one is sent anew.
 */
export async function show(ctx: BotContext, what: Rich, markup?: InlineKeyboard): Promise<Changed> {
  const pressed = ctx.callbackQuery?.message?.message_id
  const changed = pressed === undefined ? 'gone' : await change(ctx, pressed, what, markup)
  if (changed === 'gone') await say(ctx, what, { markup })
  return changed
}

/** What became of an edit. `same`: nothing was different. `gone`: the message is deleted, or too old for an edit. */
export type Changed = 'changed' | 'same' | 'gone'

export async function change(
  ctx: BotContext,
  messageId: number,
  { text, entities }: Rich,
  markup?: InlineKeyboard,
): Promise<Changed> {
  if (ctx.chatId === undefined) return 'gone'
  try {
    await ctx.api.editMessageText(ctx.chatId, messageId, text, messageOptions(entities, markup))
    return 'changed'
  } catch (error) {
    if (!(error instanceof GrammyError) || error.error_code !== 400) throw error
    if (error.description.includes('not modified')) return 'same'
    if (/message to edit not found|message can't be edited/i.test(error.description)) return 'gone'
    throw error
  }
}

/** Answers a press. Telegram refuses the answer if the press is old or was answered already, which is no error here. */
export async function answerPress(ctx: BotContext, text: string | undefined, { isAlert = false } = {}): Promise<void> {
  const answer = text ? { text: cut(text, PRESS_ANSWER_LENGTH), show_alert: isAlert } : {}
  await ctx.answerCallbackQuery(answer).catch((error: unknown) => {
    if (!(error instanceof GrammyError) || error.error_code !== 400) throw error
  })
}

const messageOptions = <M extends InlineKeyboard | ForceReply>(entities: Rich['entities'], markup: M | undefined) => ({
  entities,
  link_preview_options: { is_disabled: true },
  ...(markup ? { reply_markup: markup } : {}),
})
