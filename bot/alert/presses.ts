import { InlineKeyboard } from 'grammy'
import { titled } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import { personOf } from '../ask/person.ts'
import { encode, pickPrefix, referenceTo, type Verb } from '../callbackData.ts'
import type { Press, Presses } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'
import { whyText } from '../view/why.ts'

const HOUR_MS = 3_600_000
const MOST_BUTTONS = 20

/** What the buttons under an alert do. The server then edits the alert in every chat to show it. */
export const alertPresses: Presses = {
  alert: (ctx, { verb, alertId }) => handlers[verb](ctx, alertId),
}

const handlers: Record<Verb<'alert'>, (ctx: BotContext, alertId: string) => ReturnType<Press<'alert'>>> = {
  async ack(ctx, alertId) {
    const by = personOf(ctx)
    const { services } = await ctx.monitor.acknowledgeAlert.mutate({ alertId, by })
    const others = services.flatMap(({ isOver, acknowledgedBy }) =>
      isOver || acknowledgedBy === by ? [] : (acknowledgedBy ?? []),
    )
    return others[0] === undefined ? 'Acknowledged' : `${others[0]} had already seen it`
  },
  async '1h'(ctx, alertId) {
    const { now } = await ctx.monitor.status.query({ limit: 1 })
    const mutedUntil = new Date(Date.parse(now) + HOUR_MS).toISOString()
    await ctx.monitor.muteAlert.mutate({ alertId, mutedUntil, by: personOf(ctx) })
    return 'Muted for an hour'
  },
  async recovered(ctx, alertId) {
    const { services } = await ctx.monitor.muteAlert.mutate({ alertId, mutedUntil: 'recovered', by: personOf(ctx) })
    return services.length === 1 ? 'Muted until it recovers' : 'Muted until they recover'
  },
  async unmute(ctx, alertId) {
    await ctx.monitor.muteAlert.mutate({ alertId, mutedUntil: null, by: personOf(ctx) })
    return 'Not muted any more'
  },
  why: explainAlert,
}

/** Explains the service of an alert. If the alert is about several, it asks which one, since their reasons differ. */
async function explainAlert(ctx: BotContext, alertId: string): Promise<undefined> {
  const { services } = await ctx.monitor.alert.query({ id: alertId })
  const replyTo = ctx.callbackQuery?.message?.message_id
  const [first] = services
  if (services.length === 1 && first) {
    const { serviceKey } = first
    const [explanation, { now }] = await Promise.all([
      ctx.monitor.explain.query({ serviceKey }),
      ctx.monitor.status.query({ serviceKey }),
    ])
    const back = encode('service', { verb: 'refresh', service: referenceTo(serviceKey) })
    const markup = new InlineKeyboard().text('◀ The service', back)
    await say(ctx, whyText(explanation, now), { markup, replyTo })
    return
  }
  const markup = new InlineKeyboard()
  for (const service of services.slice(0, MOST_BUTTONS)) {
    const data = encode(pickPrefix('why'), { service: referenceTo(service.serviceKey), words: '' })
    markup.text(nameOf(service), data).row()
  }
  const question = services.length === 0 ? 'These services are not there any more' : 'Why which one?'
  await say(ctx, titled(question), { markup, replyTo })
}
