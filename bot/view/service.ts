import { openRunWords, runLimitWords } from '../../server/text/runs.ts'
import { roughly } from '../../server/text/time.ts'
import { harmless, plural } from '../../server/text/words.ts'
import { bold, code, type Rich, rich } from '../answer/rich.ts'
import { at } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { aboutSettings, rhythmAndGrace, type Settings, symbolOf } from './about.ts'
import { nameOf } from './names.ts'

type Explanation = RouterOutputs['explain']
type Incident = NonNullable<Explanation['incident']>

/** Describes one service in full. */
export function serviceText({ service, limitSeconds, incident }: Explanation, settings: Settings, now: string): Rich {
  const { lastHeartbeat, lastHeartbeatReadable, heartbeatCount, deadline, statusSince, runStartedAt } = service
  const lines = [
    `${service.status}${service.paused ? ', paused,' : ''} since ${at(statusSince, now)}`,
    incident && failedLine(incident, now),
    runStartedAt &&
      openRunWords(at(runStartedAt, now), runLimitWords(limitsOf(service, settings)) || lateNote(incident)),
    incident && seenLine(incident, now),
    lastHeartbeat === null
      ? 'no heartbeat yet'
      : `heard ${lastHeartbeatReadable} (${at(lastHeartbeat, now)}), ${plural(heartbeatCount, 'heartbeat')}`,
    rhythmAndGrace(service, settings, now),
    deadline &&
      limitSeconds !== null &&
      `down after ${runStartedAt ? '' : `${roughly(limitSeconds * 1000)} of silence, at `}${at(deadline, now)}`,
    settings.group && `group: ${harmless(settings.group)}`,
    ...aboutSettings(settings, now),
  ]
  return rich(
    bold(`${symbolOf(service)} ${nameOf(service)}`),
    '\n',
    code(service.serviceKey),
    ...lines.filter(Boolean).map((line) => `\n${line}`),
  )
}

/** Of a run that is judged by the grace of its schedule, the incident says the limit. */
const lateNote = (incident: Incident | null) => (incident?.reason === 'run' ? harmless(incident.note ?? '') : '')

const limitsOf = ({ usualRunSeconds }: Explanation['service'], { maxRunSeconds }: Settings) => ({
  usualMs: usualRunSeconds === undefined ? null : usualRunSeconds * 1000,
  maxMs: maxRunSeconds === null ? null : maxRunSeconds * 1000,
})

function failedLine({ reason, note, reasonSince }: Incident, now: string): string {
  if (reason !== 'fail') return ''
  return `failed at ${at(reasonSince, now)}${note ? `: ${harmless(note, 300)}` : ''}`
}

/** Says who has acknowledged an incident; empty if nobody has. */
export function seenLine({ acknowledgedAt, acknowledgedBy }: Incident, now: string): string {
  if (acknowledgedAt === null) return ''
  return `👀 seen${acknowledgedBy ? ` by ${harmless(acknowledgedBy, 40)}` : ''}, ${at(acknowledgedAt, now)}`
}
