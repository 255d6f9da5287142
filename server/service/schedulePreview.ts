import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { sentenceOf } from '../input/sentence.ts'
import { DEFAULT_CRON_GRACE_MS, nextDue } from '../lifecycle/schedule.ts'
import { duration, zoned } from '../text/time.ts'
import { configureInput, scheduleFault } from './configure.ts'

export const schedulePreviewInput = z.strictObject({
  schedule: z.string().nullish(),
  expectedPeriodSeconds: z.number().nullish(),
  timezone: z.string().nullish(),
  graceSeconds: z.number().nullish(),
})

export interface SchedulePreview {
  /** What is wrong with the settings, as a sentence; `null` if nothing is. */
  fault: string | null
  /** What the settings mean, as a sentence; `null` if they are wrong. */
  sentence: string | null
  /** The next five due times, each with the moment after which the service is down. */
  next: { at: string; text: string; downAfter: string }[]
}

const settings = configureInput.pick({
  schedule: true,
  expectedPeriodSeconds: true,
  timezone: true,
  graceSeconds: true,
})

/** Explains a schedule to somebody who is writing it. A mistake in it is part of the answer, and no error. */
export function previewSchedule(deps: Deps, input: z.output<typeof schedulePreviewInput>): SchedulePreview {
  const now = deps.clock.now()
  const checked = settings.safeParse(input)
  const fault = checked.success ? scheduleFault(checked.data, now) : sentenceOf(checked.error)
  if (fault !== null || !checked.success) return { fault, sentence: null, next: [] }
  const { schedule, expectedPeriodSeconds, timezone, graceSeconds } = checked.data
  const zone = timezone ?? deps.config.timezone
  const graceMs = typeof graceSeconds === 'number' ? graceSeconds * 1000 : null
  if (schedule) return ofCron(deps, { expression: schedule, timezone: zone }, graceMs ?? DEFAULT_CRON_GRACE_MS)
  if (!expectedPeriodSeconds) {
    return { fault: null, sentence: 'the rhythm is learned; down after twice the usual gap', next: [] }
  }
  const periodMs = expectedPeriodSeconds * 1000
  return ofPeriod(deps, periodMs, { graceMs: graceMs ?? periodMs, zone })
}

const SHOWN = [0, 1, 2, 3, 4]

function ofCron({ clock, iso }: Deps, cron: { expression: string; timezone: string }, graceMs: number) {
  const now = clock.now()
  const next: SchedulePreview['next'] = []
  for (let due = nextDue(cron, now); next.length < SHOWN.length; due = nextDue(cron, due)) {
    next.push({ at: iso(due), text: readable(due, cron.timezone), downAfter: iso(due + graceMs) })
  }
  const first = `next due on ${next[0]?.text} (${cron.timezone}), in ${duration(nextDue(cron, now) - now)}`
  return { fault: null, sentence: `${first}; down if nothing has come ${duration(graceMs)} later`, next }
}

function ofPeriod(
  { clock, iso, config }: Deps,
  periodMs: number,
  { graceMs, zone }: { graceMs: number; zone: string },
): SchedulePreview {
  const now = clock.now()
  const limitMs = Math.max(config.rules.minSilenceMs, periodMs + graceMs)
  const next = SHOWN.map((before) => {
    const due = now + (before + 1) * periodMs
    return { at: iso(due), text: readable(due, zone), downAfter: iso(due - periodMs + limitMs) }
  })
  const sentence = `expected every ${duration(periodMs)}; down after ${duration(limitMs)} of silence`
  return { fault: null, sentence, next }
}

/** Writes a moment as `Tue, 24 Nov 2026, 02:30`, and adds the seconds unless they are 0. */
function readable(ms: number, timezone: string): string {
  return zoned(ms, timezone).toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: ms % 60_000 === 0 ? undefined : '2-digit',
    hourCycle: 'h23',
  })
}
