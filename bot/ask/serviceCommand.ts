import { InlineKeyboard } from 'grammy'
import { cut, harmless } from '../../server/text/words.ts'
import { titled } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { type CallbackData, dereference, encode, pickPrefix, type Reference, referenceTo } from '../callbackData.ts'
import type { Command, NamedService, ServiceCommand } from '../command.ts'
import type { BotContext } from '../context.ts'
import { byUrgency, type Service, symbolOf } from '../view/about.ts'
import { namesIn } from '../view/names.ts'
import { isRefusal, SERVICE_GONE, UserError } from './errors.ts'
import { allServices, candidatesOf, findMeant, type Meant } from './services.ts'

const SERVICES_A_PAGE = 8

/**
 * Makes a command about one service. Without a service it offers all of them as buttons. With a mistyped one it offers
 * the nearest.
 */
export function serviceCommand(command: Omit<ServiceCommand, 'run'>): ServiceCommand {
  return {
    ...command,
    run: (ctx, words) => runOnService(ctx, command, words),
    presses: {
      [pickPrefix(command.name)]: (ctx: BotContext, data: Picked) => press(ctx, command, data),
      ...command.presses,
    },
  }
}

export const isServiceCommand = (command: Command): command is ServiceCommand => 'act' in command

type Acting = Pick<ServiceCommand, 'name' | 'act' | 'takesWords'>

async function runOnService(ctx: BotContext, command: Acting, words: string): Promise<unknown> {
  if (words === '') return offer(ctx, command, 0)
  if (await actOnMeant(ctx, command, words)) return
  return show(ctx, titled(`I know no service like "${harmless(words)}"`, `Choose one: /${command.name}`))
}

/** Runs the command on the service that is meant, or offers the nearest ones. @returns false if there are none */
export async function actOnMeant(ctx: BotContext, command: Acting, words: string): Promise<boolean> {
  const { takesWords = false } = command
  const exact = await byKey(ctx, candidatesOf(words, false))
  if (exact) return done(command.act(ctx, exact.service, ''))
  const { services } = await allServices(ctx)
  const found = findMeant(services, words, takesWords)
  // The list of services has no aliases; only `services.get` knows them.
  const meant = 'service' in found ? found : await byKey(ctx, candidatesOf(words, takesWords))
  if (meant) return done(command.act(ctx, meant.service, meant.rest))
  const { nearest, isName } = found as Exclude<typeof found, Meant<Service>>
  if (nearest.length === 0) return false
  const title = isName ? 'Several services have this name' : `I know no service "${harmless(words)}"`
  const name = namesIn(services)
  const buttons = new InlineKeyboard()
  for (const { service, rest } of nearest) buttons.text(label(service, name), pick(command, service, rest)).row()
  return done(show(ctx, titled(title, isName ? 'Which one do you mean?' : 'Did you mean one of these?'), buttons))
}

const done = (action: Promise<unknown>) => action.then(() => true)

const MOST_TRIED = 4

/** Looks the candidates up by key or alias, all at the same time. */
async function byKey(
  { monitor }: BotContext,
  candidates: readonly { head: string; rest: string }[],
): Promise<Meant<NamedService> | undefined> {
  const tried = candidates.slice(-MOST_TRIED).map(async ({ head, rest }) => {
    const service = await monitor.services.get.query({ serviceKey: head }).catch((error: unknown) => {
      if (isRefusal(error)) return null
      throw error
    })
    return service && { service, rest }
  })
  return (await Promise.all(tried)).find((one) => one !== null)
}

/** Offers all services as buttons, page by page. Those that need a person come first. */
async function offer(ctx: BotContext, command: Acting, wanted: number): Promise<unknown> {
  const { services } = await allServices(ctx)
  if (services.length === 0) return show(ctx, titled('There is no service yet', 'A first heartbeat registers one.'))
  services.sort(byUrgency)
  const pages = Math.ceil(services.length / SERVICES_A_PAGE)
  const page = Math.min(Math.max(wanted, 0), pages - 1)
  const first = page * SERVICES_A_PAGE
  const name = namesIn(services)
  const buttons = new InlineKeyboard()
  for (const service of services.slice(first, first + SERVICES_A_PAGE)) {
    buttons.text(label(service, name), pick(command, service)).row()
  }
  if (pages > 1) {
    const turn = (to: number) => encode(pickPrefix(command.name), { page: (to + pages) % pages })
    buttons
      .text('◀', turn(page - 1))
      .text(`${page + 1}/${pages}`, turn(page))
      .text('▶', turn(page + 1))
  }
  const example = harmless(services[first]?.serviceKey ?? '')
  return show(ctx, titled('Which service?', `Press one, or write for instance /${command.name} ${example}`), buttons)
}

const LONGEST_LABEL = 60

const label = (service: Service, name: (one: NamedService) => string) =>
  cut(`${symbolOf(service)} ${name(service)}`, LONGEST_LABEL)

/** The data of a button that chooses this service. `words` are what was written after the service. */
const pick = ({ name }: Acting, { serviceKey }: NamedService, words = '') =>
  encode(pickPrefix(name), { service: referenceTo(serviceKey), words })

type Picked = CallbackData[ReturnType<typeof pickPrefix>]

async function press(ctx: BotContext, command: Acting, data: Picked): Promise<undefined> {
  if ('page' in data) await offer(ctx, command, data.page)
  else await command.act(ctx, await theService(ctx, data.service), data.words)
}

/**
 * Finds the service of a button by its key. A service that has this key as an alias is another one, and does not count.
 */
export async function theService(ctx: BotContext, reference: Reference): Promise<NamedService> {
  const key = await dereference(reference, async () =>
    (await allServices(ctx)).services.map(({ serviceKey }) => serviceKey),
  )
  const found = key === undefined ? undefined : await ctx.monitor.services.get.query({ serviceKey: key })
  if (found?.serviceKey !== key || !found) throw new UserError(SERVICE_GONE)
  return { serviceKey: found.serviceKey, displayName: found.displayName }
}
