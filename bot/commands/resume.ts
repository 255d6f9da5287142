import { rich, titled } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { nameOf } from '../view/names.ts'

export const resume = serviceCommand({
  name: 'resume',
  aliases: ['unpause'],
  usage: '<key>',
  description: 'Judge a paused service again',
  async act(ctx, service) {
    const { paused } = await ctx.monitor.services.get.query({ serviceKey: service.serviceKey })
    if (!paused) return show(ctx, rich(`${nameOf(service)} was not paused.`))
    await ctx.monitor.services.resume.mutate({ serviceKey: service.serviceKey })
    return show(ctx, titled(`▶️ ${nameOf(service)} is judged again`, 'Its silence counts from now.'))
  },
})
