import { harmless } from '../../server/text/words.ts'
import { titled } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { ask } from '../ask/prompt.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { asName } from '../ask/words.ts'
import type { Named } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

const QUESTION = '✏️ What is the new name of'

export const rename = serviceCommand({
  name: 'rename',
  takesWords: true,
  usage: '<key> [new name]',
  description: 'Give a service another name; "-" takes it back',
  act,
  question: QUESTION,
})

async function act(ctx: BotContext, service: Named, words: string): Promise<unknown> {
  const name = asName(words)
  if (name === '') return ask(ctx, QUESTION, service, 'New name')
  const { serviceKey } = service
  const settings = await ctx.monitor.services.configure.mutate({ serviceKey, displayName: name === '-' ? null : name })
  return show(
    ctx,
    titled(`✏️ ${nameOf(service)} is now called ${nameOf(settings)}`, `Its key stays ${harmless(serviceKey, 200)}.`),
  )
}
