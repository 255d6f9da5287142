import { harmless } from '../../server/text/words.ts'
import { rich } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { ask } from '../ask/prompt.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { asName } from '../ask/words.ts'
import type { Named } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

const QUESTION = '📁 Which group is to have'

export const group = serviceCommand({
  name: 'group',
  takesWords: true,
  usage: '<key> [group]',
  description: 'Put a service into a group; "-" takes it out',
  act,
  question: QUESTION,
})

async function act(ctx: BotContext, service: Named, words: string): Promise<unknown> {
  const name = asName(words)
  if (name === '') return ask(ctx, QUESTION, service, 'Group')
  const { serviceKey } = service
  const settings = await ctx.monitor.services.configure.mutate({ serviceKey, group: name === '-' ? null : name })
  const said = settings.group === null ? 'is in no group now' : `is in the group ${harmless(settings.group)} now`
  return show(ctx, rich(`📁 ${nameOf(service)} ${said}`))
}
