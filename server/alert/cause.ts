import { HOUR_MS } from '../../db/units.ts'
import { isFlapping } from './policy.ts'

/** Why a service is down. */
export interface Cause {
  reason: string
  /** What a failing job said. */
  note: string | null
}

interface OpenIncident extends Cause {
  isTold: boolean
  /** An alert that has not been made yet will tell why it is down. */
  isAwaited: boolean
  toldAt: number
  lastChangeAt: number | null
}

/** Another cause is told sooner only in the alert itself, and not by a message of its own. */
const TOLD_AFTER_MS = HOUR_MS

/**
 * Decides what another signal of failure does to an incident that is open already. `replaces`: the incident takes over
 * its cause. `tells`: people get a message about it.
 */
export function onCause(incident: OpenIncident, cause: Cause, now: number): { replaces: boolean; tells: boolean } {
  if (!saysMore(incident, cause)) return { replaces: false, tells: false }
  const { isTold, isAwaited, toldAt, lastChangeAt } = incident
  const isHeard = isTold && !isAwaited && now - toldAt > TOLD_AFTER_MS && !isFlapping(lastChangeAt, now)
  return { replaces: true, tells: isHeard && !isSame(incident, cause) }
}

/** Whether a cause is news. Silence, and a failure without a word, take nothing back of what a job has said. */
function saysMore(before: Cause, { reason, note }: Cause): boolean {
  if (reason === 'silence') return false
  if (reason !== before.reason) return true
  return note !== null && note !== before.note
}

const isSame = (one: Cause, other: Cause) =>
  one.reason === other.reason && withoutVariables(one.note) === withoutVariables(other.note)

const MONTH = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*'
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?'

/** What differs from run to run though the cause is the same: times, durations, ids. An exit code tells of the cause. */
const VARIABLES = [
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g,
  new RegExp(`\\b${WEEKDAY}(?:${MONTH} \\d{1,2}|\\d{1,2} ${MONTH})\\b`, 'g'),
  /\b\d{4}-\d\d-\d\d(?:t(?=\d))?/g,
  /(?<![\d:.])\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?!\d)(?: ?[ap]m\b)?(?:z\b|[+-]\d\d:?\d\d\b)?/g,
  /\b\d+[.,]\d+ ?(?:ns|[uµ]s|ms|s|secs?|seconds?|min|minutes?|h|hours?)\b/g,
  /(?<!code[:=]? ?-?)\b(?:0x)?[\da-f]{8,}\b/g,
  /(?<!code[:=]? ?-?(?:0x[\da-f]*)?)(?<!\d)\d{5,}/g,
]

function withoutVariables(note: string | null): string {
  const plain = (note ?? '').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  return VARIABLES.reduce((text, variable) => text.replaceAll(variable, '#'), plain)
}
