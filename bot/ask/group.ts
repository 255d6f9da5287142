import { harmless } from '../../server/text/words.ts'
import { dereference, referenceTo } from '../callbackData.ts'
import type { BotContext } from '../context.ts'
import { inOrder } from '../view/about.ts'
import { UserError } from './errors.ts'
import { nearestTo } from './nearest.ts'
import { allServices } from './services.ts'
import { asName } from './words.ts'

/** A reference to the group of this name, in any case; empty for no words. @returns `null` if there is no such group */
export async function meantGroup(ctx: BotContext, words: string): Promise<string | null> {
  const wanted = asName(words)
  if (wanted === '') return ''
  const groups = await groupsOf(ctx)
  const group = groups.find((one) => one === wanted) ?? groups.find((one) => one.toLowerCase() === wanted.toLowerCase())
  return group === undefined ? null : referenceTo(group)
}

/** The error for an unknown group, which names the nearest ones. */
export async function noSuchGroup(ctx: BotContext, words: string): Promise<UserError> {
  const near = nearestTo(words, await groupsOf(ctx), (group) => [group]).map(({ item }) => harmless(item, 60))
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '/groups shows those that there are.'
  return new UserError(`I know no group or service "${harmless(words, 60)}". ${hint}`)
}

/** The filter of a button as the API takes it: a group, or nothing for all. */
export async function groupOf(ctx: BotContext, filter: string): Promise<{ group?: string }> {
  if (filter === '') return {}
  const group = await dereference(filter, () => groupsOf(ctx))
  if (group === undefined) throw new UserError('This group is not there any more')
  return { group }
}

async function groupsOf(ctx: BotContext): Promise<string[]> {
  const { services } = await allServices(ctx)
  return [...new Set(services.flatMap(({ group }) => group ?? []))].sort(inOrder)
}
