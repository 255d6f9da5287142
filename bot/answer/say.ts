import { GrammyError, type InlineKeyboard } from 'grammy'
import type { ForceReply, Message } from 'grammy/types'
import { cut } from '../../server/text/words.ts'
import type { BotContext } from '../context.ts'
import { PRESS_ANSWER_LENGTH } from '../telegram/limits.ts'
import type { Rich } from './rich.ts'

interface SayOptions {
  markup?: InlineKeyboard | ForceReply | undefined
  /** The message that this answers, for all to see. */
  replyTo?: number | undefined
}

/** Says something new, in the topic of whoever asked. */
export async function say(
  ctx: BotContext,
  { text, entities }: Rich,
  { markup, replyTo }: SayOptions = {},
): Promise<Message> {
  const replies =
    replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }
  return ctx.reply(text, { ...messageOptions(entities, markup), ...replies })
}

/** Answers a command with a message, and a button by changing the message that it is under; says anew what is not there any more. */
export async function show(ctx: BotContext, what: Rich, markup?: InlineKeyboard): Promise<Changed> {
  const pressed = ctx.callbackQuery?.message?.message_id
  const changed = pressed === undefined ? 'gone' : await change(ctx, pressed, what, markup)
  if (changed === 'gone') await say(ctx, what, { markup })
  return changed
}

/** What became of a message that was to be changed: it may be as it was, or not be there any more. */
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

/** Answers a press; what is pressed late, or twice, Telegram does not want answered any more. */
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
