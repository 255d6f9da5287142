import { harmless, plural } from '../../server/text/words.ts'
import type { Lines } from '../answer/listing.ts'
import { asOf, at } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { aboutSettings, failure, rhythmAndGrace, type Service, type Settings, symbolOf } from './about.ts'
import { namesIn } from './names.ts'
import { sectionsOf, underHeading } from './sections.ts'

type Status = RouterOutputs['status']

/** Describes all services in full, a few lines each. */
export function statusFullLines({ now, counts, services }: Status, settings: readonly Settings[]): Lines {
  const settingsOf = new Map(settings.map((one) => [one.serviceKey, one]))
  const name = namesIn(services)
  const blocks = sectionsOf(services).flatMap(({ title, members }) =>
    underHeading(
      title,
      members.map((one) => blockOf(one, settingsOf.get(one.serviceKey), { name, now })),
    ),
  )
  const { down, unknown, alive, dead, paused } = counts
  const said = [
    [down, 'down'],
    [unknown, 'waiting'],
    [alive, 'alive'],
    [dead, 'dead'],
    [paused, 'paused'],
  ] as const
  const title = said
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(' · ')
  return { title: title || 'No service yet', lines: [...blocks, { text: asOf(now) }] }
}

function blockOf(
  one: Service,
  settings: Settings | undefined,
  { name, now }: { name: (one: Service) => string; now: string },
): string {
  return [
    `\n${symbolOf(one)} ${name(one)}`,
    `${harmless(one.serviceKey, 200)}: ${one.status}${one.paused ? ', paused,' : ''} since ${at(one.statusSince, now)}`,
    failure(one, now, 200),
    heard(one),
    [rhythmAndGrace(one, settings, now), one.deadline && `late after ${at(one.deadline, now)}`]
      .filter(Boolean)
      .join('; '),
    ...(settings ? aboutSettings(settings, now) : []),
  ]
    .filter(Boolean)
    .join('\n')
}

const heard = ({ lastHeartbeatReadable, heartbeatCount }: Service) =>
  lastHeartbeatReadable === null
    ? 'no heartbeat yet'
    : `heard ${lastHeartbeatReadable}, ${plural(heartbeatCount, 'heartbeat')}`
