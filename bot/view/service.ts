import { roughly } from '../../server/text/time.ts'
import { harmless, plural } from '../../server/text/words.ts'
import { bold, code, type Rich, rich } from '../answer/rich.ts'
import { at } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { aboutSettings, rhythmAndGrace, type Settings, symbolOf } from './about.ts'
import { nameOf } from './names.ts'

type Explanation = RouterOutputs['explain']

/** Describes one service in full. */
export function serviceText({ service, limitSeconds, incident }: Explanation, settings: Settings, now: string): Rich {
  const { lastHeartbeat, lastHeartbeatReadable, heartbeatCount, deadline, statusSince } = service
  const lines = [
    `${service.status}${service.paused ? ', paused,' : ''} since ${at(statusSince, now)}`,
    incident && incidentLine(incident, now),
    lastHeartbeat === null
      ? 'no heartbeat yet'
      : `heard ${lastHeartbeatReadable} (${at(lastHeartbeat, now)}), ${plural(heartbeatCount, 'heartbeat')}`,
    rhythmAndGrace(service, settings, now),
    deadline &&
      limitSeconds !== null &&
      `down after ${roughly(limitSeconds * 1000)} of silence, at ${at(deadline, now)}`,
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

/** Says how a service failed, and who has acknowledged it. */
export function incidentLine(incident: NonNullable<Explanation['incident']>, now: string): string {
  const { reason, reasonSince, note, acknowledgedAt, acknowledgedBy } = incident
  const said = note ? `: ${harmless(note, 300)}` : ''
  const by = acknowledgedBy ? ` by ${harmless(acknowledgedBy, 40)}` : ''
  return [
    reason === 'fail' && `failed at ${at(reasonSince, now)}${said}`,
    acknowledgedAt && `👀 seen${by}, ${at(acknowledgedAt, now)}`,
  ]
    .filter(Boolean)
    .join('\n')
}
