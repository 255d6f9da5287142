import { InlineKeyboard } from 'grammy'
import { harmless } from '../../server/text/words.ts'
import { rich, titled } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { type MuteLength, muteService } from '../ask/muteService.ts'
import { parseMute } from '../ask/parseMute.ts'
import { serviceCommand, theService } from '../ask/serviceCommand.ts'
import { encode, referenceTo, type Verb } from '../callbackData.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { nameOf } from '../view/names.ts'

const choices: [label: string, verb: Verb<'mute'>, mute: MuteLength][] = [
  ['1 h', '1h', { hours: 1 }],
  ['8 h', '8h', { hours: 8 }],
  ['1 day', '1d', { hours: 24 }],
  ['Until it recovers', 'recovered', 'recovered'],
  ['For good', 'good', 'good'],
]

export const mute = serviceCommand({
  name: 'mute',
  takesWords: true,
  usage: '<key> [1h | until 18:00 | recovered | for good]',
  description: 'No alerts for a while',
  act,
  presses: {
    async mute(ctx, { verb, service }) {
      const chosen = choices.find(([, name]) => name === verb)
      if (!chosen) return undefined
      await show(ctx, rich(`🔕 ${await muteService(ctx, await theService(ctx, service), chosen[2])}`))
      return undefined
    },
  },
})

async function act(ctx: BotContext, service: NamedService, words: string): Promise<unknown> {
  if (words === '') return show(ctx, titled(`For how long is ${nameOf(service)} to be muted?`), buttonsFor(service))
  const { now, timezone } = await ctx.monitor.monitor.query()
  const mute = parseMute(words, Date.parse(now), timezone)
  if (mute) return show(ctx, rich(`🔕 ${await muteService(ctx, service, mute)}`))
  return show(
    ctx,
    titled(
      `I do not understand "${harmless(words, 60)}"`,
      `For instance: /mute ${harmless(service.serviceKey, 200)} 1h`,
      'or 2d 6h, until 18:00, recovered, for good',
    ),
    buttonsFor(service),
  )
}

function buttonsFor({ serviceKey }: NamedService): InlineKeyboard {
  const buttons = new InlineKeyboard()
  for (const [label, verb] of choices) {
    if (verb === 'recovered') buttons.row()
    buttons.text(label, encode('mute', { verb, service: referenceTo(serviceKey) }))
  }
  return buttons
}
