import { cut, harmless, plural } from '../../server/text/words.ts'
import { type Lines, listing } from '../answer/listing.ts'
import { allServices } from '../ask/services.ts'
import { encode, referenceTo } from '../callbackData.ts'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { inOrder } from '../view/about.ts'
import { summarizeServices } from '../view/counts.ts'

const MOST_BUTTONS = 20

const list = listing('groups', load)

export const groups: Command = {
  name: 'groups',
  description: 'The groups, and how they are',
  onlyReads: true,
  run: (ctx) => list.send(ctx, ''),
  presses: list.presses,
}

async function load(ctx: BotContext): Promise<Lines> {
  const { services } = await allServices(ctx)
  const members = Map.groupBy(services, ({ group }) => group ?? '')
  const names = [...members.keys()].filter(Boolean).sort(inOrder)
  if (names.length === 0) {
    return { title: 'There are no groups yet', lines: [{ text: 'Put a service into one: /group' }] }
  }
  const lines = names.map((name) => `📁 ${harmless(name)}: ${summarizeServices(members.get(name) ?? [])}`)
  const others = members.get('')?.length ?? 0
  if (others > 0) lines.push(`and ${plural(others, 'service')} in no group`)
  return {
    title: plural(names.length, 'group'),
    lines: lines.map((text) => ({ text })),
    buttons: names
      .slice(0, MOST_BUTTONS)
      .map((name) => [cut(harmless(name), 60), encode('status', { page: 0, filter: referenceTo(name) })]),
  }
}
