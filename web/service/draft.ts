import type { Inputs, Outputs } from '../live/answers.ts'

type Settings = Outputs['services']['get']
type Changes = Inputs['services']['configure']

/** How the next heartbeat is expected: as learned, or by a period or a cron line that somebody entered. */
export type Expectation = 'learned' | 'period' | 'cron'

/** The settings as they are being edited. */
export interface Draft {
  displayName: string
  group: string
  expectation: Expectation
  periodSeconds: number | null
  cron: string
  timezone: string
  graceSeconds: number | null
  maxRunSeconds: number | null
  failuresTolerated: number | null
}

export function draftOf(settings: Settings): Draft {
  const { schedule, expectedPeriodSeconds } = settings
  return {
    displayName: settings.displayName,
    group: settings.group ?? '',
    expectation: schedule !== null ? 'cron' : expectedPeriodSeconds !== null ? 'period' : 'learned',
    periodSeconds: expectedPeriodSeconds,
    cron: schedule ?? '',
    timezone: settings.timezone ?? '',
    graceSeconds: settings.graceSeconds,
    maxRunSeconds: settings.maxRunSeconds,
    failuresTolerated: settings.failuresTolerated,
  }
}

/** Only the settings that were edited, so that what somebody else changes meanwhile is kept. */
export function changesOf(draft: Draft, settings: Settings): Changes {
  const before = draftOf(settings)
  const changes: Changes = { serviceKey: settings.serviceKey }
  if (draft.displayName !== before.displayName) changes.displayName = draft.displayName.trim() || null
  if (draft.group !== before.group) changes.group = draft.group.trim() || null
  if (draft.timezone !== before.timezone) changes.timezone = draft.timezone || null
  if (draft.graceSeconds !== before.graceSeconds) changes.graceSeconds = draft.graceSeconds
  if (draft.maxRunSeconds !== before.maxRunSeconds) changes.maxRunSeconds = draft.maxRunSeconds
  if (draft.failuresTolerated !== before.failuresTolerated) changes.failuresTolerated = draft.failuresTolerated
  return { ...changes, ...expectationChanges(draft, before) }
}

function expectationChanges(draft: Draft, before: Draft): Partial<Changes> {
  if (draft.expectation === 'learned') {
    return before.expectation === 'learned' ? {} : { schedule: null, expectedPeriodSeconds: null }
  }
  if (draft.expectation === 'cron') {
    return before.expectation === 'cron' && draft.cron === before.cron ? {} : { schedule: draft.cron.trim() }
  }
  const isSame = before.expectation === 'period' && draft.periodSeconds === before.periodSeconds
  return isSame ? {} : { expectedPeriodSeconds: draft.periodSeconds }
}

/** Why a draft cannot be saved; `null` if it can. */
export function faultOf({ expectation, periodSeconds, cron }: Draft): string | null {
  if (expectation === 'period' && !periodSeconds) return 'Enter how often it is expected.'
  if (expectation === 'cron' && cron.trim() === '') return 'Enter a cron line, e.g. 30 2 * * *'
  return null
}
