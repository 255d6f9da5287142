import { harmless } from '../../server/text/words.ts'
import type { Named } from '../command.ts'
import type { BotContext } from '../context.ts'
import { ask } from '../prompt.ts'
import { titled } from '../rich.ts'
import { show } from '../say.ts'
import { serviceCommand } from '../serviceCommand.ts'
import { nameOf } from '../view/names.ts'
import { asName } from '../words.ts'

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
