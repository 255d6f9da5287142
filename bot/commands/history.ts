import { harmless } from '../../server/text/words.ts'
import { type Lines, listing } from '../answer/listing.ts'
import { UserError } from '../ask/errors.ts'
import { groupOf } from '../ask/group.ts'
import { actOnMeant, serviceCommand, theService } from '../ask/serviceCommand.ts'
import { allServices, findMeant } from '../ask/services.ts'
import { asName } from '../ask/words.ts'
import { type HistoryFilter, historyFilter, readHistoryFilter, referenceTo } from '../callbackData.ts'
import type { Command } from '../command.ts'
import type { BotContext } from '../context.ts'
import { historyLines } from '../view/history.ts'
import { nameOf } from '../view/names.ts'

const DEFAULT_COUNT = 15
const MOST = 200

const list = listing('history', load)

const ofService = serviceCommand({
  name: 'history',
  takesWords: true,
  usage: '[key | group | status] [how many]',
  description: 'What has changed, newest first',
  onlyReads: true,
  async act(ctx, { serviceKey }, words) {
    if (/\D/.test(words)) throw new UserError(`I do not understand "${harmless(words, 60)}". ${EXAMPLE}`)
    return list.send(ctx, filterOf('service', countOf(words), serviceKey))
  },
})

export const history: Command = {
  ...ofService,
  async run(ctx, words) {
    const filter = await readFilter(ctx, words)
    if (filter !== null) return list.send(ctx, filter)
    if (await actOnMeant(ctx, ofService, words)) return
    throw new UserError(`I know no service, group or status "${harmless(words, 60)}". ${EXAMPLE}`)
  },
  presses: { ...ofService.presses, ...list.presses },
}

const EXAMPLE = 'For instance: /history down 20'

const countOf = (digits: string) => Math.min(Math.max(Number(digits || DEFAULT_COUNT), 1), MOST)

const filterOf = (of: HistoryFilter['of'], count: number, name?: string) =>
  historyFilter({ of, count, reference: name === undefined ? '' : referenceTo(name) })

/** Reads what a history is to be of, and how many changes. @returns `null` if nothing has this name */
async function readFilter(ctx: BotContext, words: string): Promise<string | null> {
  // A key may end in a number, so all the words are tried as a name first.
  const [, head = '', digits] = /^(.*?)(?:^|\s+)(\d+)$/s.exec(words) ?? []
  return (
    (await meant(ctx, words, DEFAULT_COUNT)) ?? (digits === undefined ? null : await meant(ctx, head, countOf(digits)))
  )
}

async function meant(ctx: BotContext, words: string, count: number): Promise<string | null> {
  const wanted = asName(words)
  if (wanted === '') return filterOf('all', count)
  const { services } = await allServices(ctx)
  const found = findMeant(services, words, false)
  if ('service' in found) return filterOf('service', count, found.service.serviceKey)
  const same = (name: string) => name.toLowerCase() === wanted.toLowerCase()
  const group = services.find((one) => one.group !== null && same(one.group))?.group
  if (group) return filterOf('group', count, group)
  const status = statuses.find(same)
  return status ? filterOf('status', count, status) : null
}

const statuses = ['unknown', 'alive', 'down', 'dead'] as const

async function load(ctx: BotContext, filter: string): Promise<Lines> {
  const wanted = readHistoryFilter(filter) ?? EVERYTHING
  const { title, input } = await subjectOf(ctx, wanted)
  const [{ transitions }, { now }] = await Promise.all([
    ctx.monitor.history.query({ ...input, limit: wanted.count || DEFAULT_COUNT }),
    ctx.monitor.status.query({ limit: 1 }),
  ])
  return historyLines(transitions, now, { title, isService: 'serviceKey' in input })
}

const EVERYTHING: HistoryFilter = { of: 'all', count: DEFAULT_COUNT, reference: '' }

async function subjectOf(ctx: BotContext, { of, reference }: HistoryFilter) {
  if (of === 'service') {
    const service = await theService(ctx, reference)
    return { title: nameOf(service), input: { serviceKey: service.serviceKey } }
  }
  if (of === 'group') {
    const input = await groupOf(ctx, reference)
    return { title: harmless(input.group ?? ''), input }
  }
  const status = statuses.find((name) => referenceTo(name) === reference)
  return status
    ? { title: `What became ${status}`, input: { status: [status] } }
    : { title: 'What has changed', input: {} }
}
