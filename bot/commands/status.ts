import { type Lines, listing } from '../answer/listing.ts'
import { groupOf, meantGroup, noSuchGroup } from '../ask/group.ts'
import { actOnMeant } from '../ask/serviceCommand.ts'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { statusLines } from '../view/status.ts'
import { service } from './service.ts'

const list = listing('status', load)

export const status: Command = {
  name: 'status',
  usage: '[group or service]',
  description: 'What is down, what waits, what is alive',
  onlyReads: true,
  run,
  presses: list.presses,
}

/** Shows all services, those of a group, or one service. */
async function run(ctx: BotContext, words: string): Promise<unknown> {
  const group = await meantGroup(ctx, words)
  if (group !== null) return list.send(ctx, group)
  if (await actOnMeant(ctx, service, words)) return
  throw await noSuchGroup(ctx, words)
}

/** If there are more services, the healthy ones are only counted. */
const MOST_NAMED = 1_000

async function load(ctx: BotContext, filter: string): Promise<Lines> {
  const group = await groupOf(ctx, filter)
  const { registryUrl } = ctx
  const [first, { down }] = await Promise.all([
    ctx.monitor.status.query({ ...group, limit: MOST_NAMED }),
    ctx.monitor.summary.query(),
  ])
  const { now, services } = first
  if (first.nextCursor === null) return statusLines({ now, services, down, registryUrl })
  const urgent = await ctx.monitor.status.query({ ...group, status: ['down', 'unknown'], limit: MOST_NAMED })
  return statusLines({ ...urgent, down, registryUrl })
}
