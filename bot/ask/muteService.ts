import { at } from '../answer/times.ts'
import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import { muteLine } from '../view/about.ts'
import { nameOf } from '../view/names.ts'
import { personOf } from './person.ts'

/** How long a mute lasts: some hours, until a time (Unix, in ms), until the next recovery, or until an /unmute. */
export type MuteLength = { hours: number } | { untilMs: number } | 'recovered' | 'good'

/** Mutes a service. @returns what has been done, as a sentence */
export async function muteService(ctx: BotContext, service: NamedService, mute: MuteLength): Promise<string> {
  const { serviceKey } = service
  const mutedBy = personOf(ctx)
  if (mute === 'good') {
    await ctx.monitor.services.configure.mutate({ serviceKey, alertsEnabled: false, mutedUntil: null, mutedBy })
    return `${nameOf(service)} is muted for good; /unmute ends it`
  }
  const [{ now }, { alertsEnabled }] = await Promise.all([
    ctx.monitor.status.query({ serviceKey }),
    ctx.monitor.services.get.query({ serviceKey }),
  ])
  // A mute with an end would switch on again what somebody has switched off for good.
  if (!alertsEnabled) return `${nameOf(service)} is muted for good already; /unmute ends it`
  if (mute === 'recovered') {
    await ctx.monitor.services.configure.mutate({ serviceKey, mutedUntil: 'recovered', mutedBy })
    return `${nameOf(service)} is muted until it recovers`
  }
  const untilMs = 'hours' in mute ? Date.parse(now) + mute.hours * 3_600_000 : mute.untilMs
  const mutedUntil = new Date(untilMs).toISOString()
  const settings = await ctx.monitor.services.configure.mutate({ serviceKey, mutedUntil, mutedBy })
  return `${nameOf(service)} is muted until ${at(settings.mutedUntil ?? '', now)}`
}

export async function unmuteService(ctx: BotContext, service: NamedService): Promise<string> {
  const { serviceKey } = service
  const [{ now }, settings] = await Promise.all([
    ctx.monitor.status.query({ serviceKey }),
    ctx.monitor.services.get.query({ serviceKey }),
  ])
  if (muteLine(settings, now) === '') return `${nameOf(service)} was not muted`
  await ctx.monitor.services.configure.mutate({ serviceKey, alertsEnabled: true, mutedUntil: null })
  return `${nameOf(service)} is not muted any more`
}
