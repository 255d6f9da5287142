import { InlineKeyboard } from 'grammy'
import { bold, code, rich } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { personOf } from '../ask/person.ts'
import { serviceCommand, theService } from '../ask/serviceCommand.ts'
import { encode, referenceTo, type Verb } from '../callbackData.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

export const remove = serviceCommand({
  name: 'remove',
  aliases: ['delete'],
  usage: '<key>',
  description: 'Forget a service and its history (asks first)',
  act,
  presses: {
    async remove(ctx, { verb, service: reference }) {
      const service = await theService(ctx, reference)
      if (verb !== 'yes') {
        await show(ctx, rich(`${nameOf(service)} stays.`))
        return undefined
      }
      await ctx.monitor.services.remove.mutate({ serviceKey: service.serviceKey })
      await show(ctx, rich(`🗑 ${nameOf(service)} was removed by ${personOf(ctx)}.`))
      return undefined
    },
  },
})

async function act(ctx: BotContext, service: NamedService): Promise<unknown> {
  const button = (verb: Verb<'remove'>) => encode('remove', { verb, service: referenceTo(service.serviceKey) })
  const warning = '\nIts history goes with it. If it still sends heartbeats, the next one registers it anew.'
  return show(
    ctx,
    rich(bold(`Remove ${nameOf(service)}?`), '\n', code(service.serviceKey), warning),
    new InlineKeyboard().text('🗑 Remove', button('yes')).text('Keep', button('keep')),
  )
}
