import { roughly } from '../../server/text/time.ts'
import { plural } from '../../server/text/words.ts'
import { type Rich, titled } from '../answer/rich.ts'
import { at, eachAt } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { nameOf } from './names.ts'
import { seenLine } from './service.ts'

const GAPS_SHOWN = 10
const OUTAGES_SHOWN = 5

/** Explains why a service has its status. */
export function whyText(explanation: RouterOutputs['explain'], now: string): Rich {
  const { service, reasons, gapsSeconds, deadline, deadAt, excludedOutages, incident } = explanation
  const gaps = gapsSeconds.slice(0, GAPS_SHOWN).map((seconds) => roughly(seconds * 1000))
  const outages = excludedOutages.slice(-OUTAGES_SHOWN).map(({ from, to }) => eachAt([from, to], now).join('–'))
  const lines = [
    ...reasons.map((reason) => `• ${reason}`),
    deadline && `• down after ${at(deadline, now)}`,
    deadAt && `• dead after ${at(deadAt, now)}`,
    gaps.length > 0 &&
      `• its last ${gaps.length === 1 ? 'gap' : `${gaps.length} gaps`}, newest first: ${gaps.join(', ')}`,
    outages.length > 0 &&
      `• not counted, since I was not listening: ${outages.join(', ')}${excludedOutages.length > outages.length ? `, and ${plural(excludedOutages.length - outages.length, 'other time')}` : ''}`,
    incident && seenLine(incident, now),
  ]
  const status = service.paused ? 'paused' : service.status
  return titled(`Why ${nameOf(service)} is ${status}`, ...lines.filter((line): line is string => Boolean(line)))
}
