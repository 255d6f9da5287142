import type { Message } from 'grammy/types'
import { code, rich } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

/**
 * Asks for a text, which somebody gives by replying to this message. The message itself holds the question and the key,
 * so a reply is understood after a restart too.
 */
export async function ask(
  ctx: BotContext,
  question: string,
  service: NamedService,
  placeholder: string,
): Promise<unknown> {
  const asking = rich(`${question} ${nameOf(service)} (`, code(service.serviceKey), ')? Answer this message.')
  // Telegram shows the question only to the author of the message that it answers. A press has no such message.
  const asker = ctx.callbackQuery ? undefined : ctx.msg?.message_id
  const markup = { force_reply: true as const, selective: asker !== undefined, input_field_placeholder: placeholder }
  return say(ctx, asking, { markup, replyTo: asker })
}

/** The key of the service that a message asked about, if it asked this question. */
export function askedAbout({ text = '', entities = [] }: Message, question: string): string | undefined {
  const key = entities.find(({ type }) => type === 'code')
  return text.startsWith(question) && key ? text.slice(key.offset, key.offset + key.length) : undefined
}
