import { rich } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { personOf } from '../ask/person.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { nameOf } from '../view/names.ts'

export const acknowledge = serviceCommand({
  name: 'acknowledge',
  aliases: ['ack', 'seen'],
  usage: '<key>',
  description: 'Tell the others that you have seen it',
  async act(ctx, service) {
    const by = personOf(ctx)
    const { incident } = await ctx.monitor.acknowledge.mutate({ serviceKey: service.serviceKey, by })
    const other = incident?.acknowledgedBy
    const said = other && other !== by ? `was seen by ${other} before` : `was seen by ${by}`
    return show(ctx, rich(`👀 ${nameOf(service)} ${said}`))
  },
})
