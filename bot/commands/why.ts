import { InlineKeyboard } from 'grammy'
import { show } from '../answer/say.ts'
import { referenceTo } from '../ask/reference.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { whyText } from '../view/why.ts'

export const why = serviceCommand({
  name: 'why',
  usage: '<key>',
  description: 'Why a service has its status',
  onlyReads: true,
  async act(ctx, { serviceKey }) {
    const [explanation, { now }] = await Promise.all([
      ctx.monitor.explain.query({ serviceKey }),
      ctx.monitor.status.query({ serviceKey }),
    ])
    const buttons = new InlineKeyboard().text('◀ The service', `service:refresh:${referenceTo(serviceKey)}`)
    return show(ctx, whyText(explanation, now), buttons)
  },
})
