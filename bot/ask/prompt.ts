import type { Message } from 'grammy/types'
import { code, rich } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

/** Asks for a text; whoever answers this very message gives it. All that is to be known then is in the message itself, so it survives a restart. */
export async function ask(
  ctx: BotContext,
  question: string,
  service: NamedService,
  placeholder: string,
): Promise<unknown> {
  const asking = rich(`${question} ${nameOf(service)} (`, code(service.serviceKey), ')? Answer this message.')
  // Only whoever wrote the command is to be asked; who has pressed a button cannot be singled out.
  const asker = ctx.callbackQuery ? undefined : ctx.msg?.message_id
  const markup = { force_reply: true as const, selective: asker !== undefined, input_field_placeholder: placeholder }
  return say(ctx, asking, { markup, replyTo: asker })
}

/** Which service a message asked about, if it asked this question. */
export function askedAbout({ text = '', entities = [] }: Message, question: string): string | undefined {
  const key = entities.find(({ type }) => type === 'code')
  return text.startsWith(question) && key ? text.slice(key.offset, key.offset + key.length) : undefined
}
