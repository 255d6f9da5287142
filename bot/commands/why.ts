import { InlineKeyboard } from 'grammy'
import { show } from '../answer/say.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { encode, referenceTo } from '../callbackData.ts'
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
    const back = encode('service', { verb: 'refresh', service: referenceTo(serviceKey) })
    const buttons = new InlineKeyboard().text('◀ The service', back)
    return show(ctx, whyText(explanation, now), buttons)
  },
})
