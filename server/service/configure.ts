import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { replaceAliases } from '../../db/aliases.ts'
import { requestEdits } from '../../db/edits.ts'
import { findOpenIncident, lockIncidents } from '../../db/incidents.ts'
import { lockKeys } from '../../db/registration.ts'
import type { Trx } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { findServices, type ServiceSettings as SettingsColumns, updateSettings } from '../../db/services.ts'
import type { Deps, DepsInTransaction } from '../deps.ts'
import { CallerError, invalidField } from '../errors.ts'
import { metadata } from '../input/metadata.ts'
import { mutedUntil } from '../input/mutedUntil.ts'
import { mutedBy } from '../input/person.ts'
import { named } from '../input/sentence.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { text } from '../input/text.ts'
import { timezone } from '../input/timezone.ts'
import { afterSettings, DECLARED, withSettings } from '../lifecycle/declared.ts'
import { muteColumns } from '../lifecycle/mute.ts'
import { cronFault } from '../lifecycle/schedule.ts'
import { stateOf } from '../lifecycle/state.ts'
import type { Outcome, ServiceState } from '../lifecycle/transition.ts'
import { changeService } from './change.ts'
import { getSettings, type ServiceSettings } from './settings.ts'

/** 100 years: longer than any job needs, and a time in milliseconds plus this is still a valid date. */
const LONGEST_SECONDS = 3_153_600_000

const MOST_FAILURES = 100

const seconds = (what: string, least: number) =>
  z
    .number()
    .refine((value) => value >= least && value <= LONGEST_SECONDS, {
      error: ({ input }) => `${what} must be at least ${least} s and at most ${LONGEST_SECONDS} s, got ${input}`,
    })
    .nullable()
    .optional()

export const configureInput = z.strictObject({
  serviceKey,
  displayName: text('displayName', 200),
  group: text('group', 100),
  kind: text('kind', 50),
  expectedPeriodSeconds: seconds('expectedPeriodSeconds', 0.001),
  schedule: text('schedule', 200),
  timezone: timezone.nullable().optional(),
  graceSeconds: seconds('graceSeconds', 0),
  deadAfterSeconds: seconds('deadAfterSeconds', 1),
  sinceFirstHeartbeat: z.boolean().nullable().optional(),
  maxRunSeconds: seconds('maxRunSeconds', 0.001),
  failuresTolerated: z
    .int({ error: named('must be a whole number, e.g. 2') })
    .min(1, { error: named('must be at least 1: the first failure makes it down') })
    .max(MOST_FAILURES, { error: named(`must be at most ${MOST_FAILURES}`) })
    .nullable()
    .optional(),
  alertsEnabled: z.boolean().nullable().optional(),
  mutedUntil: mutedUntil.optional(),
  mutedBy,
  aliases: z.array(serviceKey).max(20).nullable().optional(),
  metadata: metadata.nullable().optional(),
})

type ConfigureInput = z.output<typeof configureInput>

/** Creates or changes a service. Absent fields stay, `null` clears. A period replaces a cron line, and the reverse. */
export async function configureService(deps: Deps, input: ConfigureInput): Promise<ServiceSettings> {
  const columns = columnsOf(input, deps.clock.now())
  await changeService(deps, input.serviceKey, changeOf(deps, input, columns), { registers: true })
  return getSettings(deps, input)
}

function changeOf(deps: DepsInTransaction, input: ConfigureInput, columns: SettingsColumns) {
  return async (state: ServiceState, now: number, trx: Trx, row: FullServiceRow) => {
    if (input.aliases !== undefined) await setAliases(trx, row, input.aliases ?? [])
    await updateSettings(trx, [row.id], columns)
    if (input.alertsEnabled !== undefined || input.mutedUntil !== undefined)
      await tellWhatWasHeld(deps, trx, row.id, now)
    return rejudge(deps, state, { ...row, ...(columns as Partial<FullServiceRow>) }, now)
  }
}

/** Announces alerts that a mute held back until now, and updates the messages about the open incident. */
async function tellWhatWasHeld(deps: DepsInTransaction, trx: Trx, serviceId: number, now: number): Promise<void> {
  await deps.jobs.announce.after(trx)
  const open = await findOpenIncident(trx, serviceId)
  if (!open) return
  await lockIncidents(trx, [open.id])
  await requestEdits(trx, [open.id], now)
}

/** Judges the service by its new settings, if they say when to expect it. */
function rejudge(deps: DepsInTransaction, before: ServiceState, row: FullServiceRow, now: number): Outcome {
  const { rules, timezone } = deps.config
  const state = withSettings(before, stateOf(row, timezone), now, rules)
  const isSame = DECLARED.every((name) => name === 'deadAfterMs' || isDeepStrictEqual(state[name], before[name]))
  return isSame
    ? { state, changes: [] }
    : afterSettings(before, state, { nowMs: now, rules, outages: deps.ledger.outages() })
}

function columnsOf(input: ConfigureInput, now: number): SettingsColumns {
  const columns: SettingsColumns = {
    display_name: input.displayName,
    group_name: input.group,
    kind: input.kind,
    ...scheduleColumns(input, now),
    timezone: input.timezone,
    grace_ms: inMs(input.graceSeconds),
    dead_after_ms: inMs(input.deadAfterSeconds),
    max_run_ms: inMs(input.maxRunSeconds),
    failures_tolerated: input.failuresTolerated,
    since_first_heartbeat: input.sinceFirstHeartbeat === null ? false : input.sinceFirstHeartbeat,
    ...muteColumns(input),
    metadata: input.metadata ? JSON.stringify(input.metadata) : input.metadata,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

type ScheduleInput = Pick<ConfigureInput, 'expectedPeriodSeconds' | 'schedule'>

/** What is wrong with a schedule, as a sentence, or `null`. */
export function scheduleFault({ expectedPeriodSeconds, schedule }: ScheduleInput, now: number): string | null {
  if (schedule && expectedPeriodSeconds) return 'give either expectedPeriodSeconds or schedule, not both'
  const fault = schedule ? cronFault(schedule, now) : null
  return fault && `schedule is not a cron line such as "30 2 * * *": ${fault}`
}

function scheduleColumns(input: ScheduleInput, now: number): SettingsColumns {
  const { expectedPeriodSeconds, schedule } = input
  const fault = scheduleFault(input, now)
  if (fault) throw invalidField(schedule ? 'schedule' : 'expectedPeriodSeconds', fault)
  if (schedule) return { cron: schedule, period_ms: null }
  if (expectedPeriodSeconds) return { cron: null, period_ms: inMs(expectedPeriodSeconds) }
  return { cron: schedule, period_ms: inMs(expectedPeriodSeconds) }
}

function inMs(value: number | null | undefined): number | null | undefined {
  return typeof value === 'number' ? Math.round(value * 1000) : value
}

async function setAliases(trx: Trx, row: FullServiceRow, aliases: string[]): Promise<void> {
  await lockKeys(trx)
  const wanted = [...new Set(aliases)].filter((alias) => alias !== row.key)
  const taken = (await findServices(trx, wanted)).find((other) => other.id !== row.id)
  if (taken)
    throw new CallerError('alias_taken', `alias "${taken.asked}" already belongs to the service "${taken.key}"`)
  await replaceAliases(trx, row.id, wanted)
}
