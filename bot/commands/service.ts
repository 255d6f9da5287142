import { InlineKeyboard } from 'grammy'
import { show } from '../answer/say.ts'
import { muteService, unmuteService } from '../ask/muteService.ts'
import { personOf } from '../ask/person.ts'
import { serviceCommand, theService } from '../ask/serviceCommand.ts'
import { type CallbackData, encode, pickPrefix, referenceTo, type Verb } from '../callbackData.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { muteLine } from '../view/about.ts'
import { serviceText } from '../view/service.ts'

/**
 * What the buttons under a service do. They return what is shown above the chat; the service is shown anew afterwards.
 */
const handlers: Record<Verb<'service'>, (ctx: BotContext, service: NamedService) => Promise<string>> = {
  refresh: async () => '',
  '1h': (ctx, service) => muteService(ctx, service, { hours: 1 }),
  '8h': (ctx, service) => muteService(ctx, service, { hours: 8 }),
  recovered: (ctx, service) => muteService(ctx, service, 'recovered'),
  good: (ctx, service) => muteService(ctx, service, 'good'),
  unmute: unmuteService,
  pause: async ({ monitor }, { serviceKey }) => {
    await monitor.services.pause.mutate({ serviceKey })
    return 'Paused'
  },
  resume: async ({ monitor }, { serviceKey }) => {
    await monitor.services.resume.mutate({ serviceKey })
    return 'Resumed'
  },
  seen: async (ctx, { serviceKey }) => {
    await ctx.monitor.acknowledge.mutate({ serviceKey, by: personOf(ctx) })
    return 'Acknowledged'
  },
}

export const service = serviceCommand({
  name: 'service',
  usage: '<key>',
  description: 'One service, with buttons to mute, pause, rename …',
  act: showService,
  presses: { service: press },
})

async function press(ctx: BotContext, { verb, service: reference }: CallbackData['service']) {
  const found = await theService(ctx, reference)
  const said = await handlers[verb](ctx, found)
  const isChanged = await showService(ctx, found)
  return said || (isChanged ? undefined : 'Nothing has changed')
}

/** Shows a service with its buttons. A press edits that message. */
async function showService(ctx: BotContext, { serviceKey }: NamedService) {
  const [explanation, settings, { now }] = await Promise.all([
    ctx.monitor.explain.query({ serviceKey }),
    ctx.monitor.services.get.query({ serviceKey }),
    ctx.monitor.status.query({ serviceKey }),
  ])
  const reference = referenceTo(settings.serviceKey)
  const button = (verb: Verb<'service'>) => encode('service', { verb, service: reference })
  const other = (command: string) => encode(pickPrefix(command), { service: reference, words: '' })
  const buttons = new InlineKeyboard()
  if (muteLine(settings, now) === '') {
    buttons.text('🔕 1 h', button('1h')).text('🔕 8 h', button('8h')).row()
    buttons.text('🔕 Until it recovers', button('recovered')).text('🔕 For good', button('good')).row()
  } else {
    buttons.text('🔔 Unmute', button('unmute')).row()
  }
  if (settings.paused) buttons.text('▶️ Resume', button('resume'))
  else buttons.text('⏸ Pause', button('pause'))
  if (explanation.incident && !explanation.incident.acknowledgedAt) buttons.text('👀 Acknowledge', button('seen'))
  buttons.row().text('✏️ Rename', other('rename')).text('📁 Group', other('group'))
  buttons.row().text('❓ Why', other('why')).text('📜 History', other('history'))
  buttons.row().text('🗑 Remove', other('remove')).text('🔄 Refresh', button('refresh'))
  return show(ctx, serviceText(explanation, settings, now), buttons)
}
