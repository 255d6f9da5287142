import { type Lines, listing } from '../answer/listing.ts'
import { UserError } from '../ask/errors.ts'
import { groupOf, meantGroup, noSuchGroup } from '../ask/group.ts'
import { allServices, allSettings } from '../ask/services.ts'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { statusFullLines } from '../view/statusFull.ts'

const list = listing('full', load)

export const statusFull: Command = {
  name: 'status_full',
  usage: '[group]',
  description: 'All services in full',
  onlyReads: true,
  async run(ctx, words) {
    const group = await meantGroup(ctx, words)
    if (group === null) throw await noSuchGroup(ctx, words)
    await list.send(ctx, group)
  },
  presses: list.presses,
}

const MOST = 2_000

async function load(ctx: BotContext, filter: string): Promise<Lines> {
  const group = await groupOf(ctx, filter)
  const { counts } = await ctx.monitor.status.query({ ...group, limit: 1 })
  const all = counts.alive + counts.down + counts.dead + counts.unknown
  if (all > MOST)
    throw new UserError(`There are ${all} services, too many for a chat. Ask for a group: /status_full GROUP`)
  const [status, settings] = await Promise.all([allServices(ctx, group), allSettings(ctx, group)])
  return statusFullLines(status, settings)
}
