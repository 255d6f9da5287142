import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateOf, isWanted, type SummaryPlan, slotsAround } from '../../server/summary/when.ts'
import { isoIn } from '../../server/text/time.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const TIMES = ['00:00', '02:15', '02:30', '09:00', '23:59']

/** Zones and years with changes of the clock. Apia had no 30 December in 2011; Scoresbysund jumps over midnight. */
const zones: [timezone: string, year: number][] = [
  ['UTC', 2026],
  ['Europe/Moscow', 2026],
  ['Europe/Moscow', 2014],
  ['Europe/Berlin', 2026],
  ['America/New_York', 2026],
  ['Australia/Lord_Howe', 2026],
  ['Pacific/Apia', 2011],
  ['Asia/Beirut', 2026],
  ['America/Scoresbysund', 2026],
]
const daily = (timezone: string, time: string): SummaryPlan => ({ timezone, time, everyMs: null })
const localMinute = (ms: number, timezone: string) => isoIn(timezone)(ms).slice(0, 16)

/** Finds the first moment at which a clock on the wall shows each local minute, by watching it for a year. */
function watchClock(timezone: string, year: number): Map<string, number> {
  const seen = new Map<string, number>()
  const iso = isoIn(timezone)
  for (let ms = Date.UTC(year, 0, 1) - DAY; ms < Date.UTC(year + 1, 0, 3); ms += 15 * MINUTE) {
    // Clocks change by quarters of an hour at least, so these minutes cover all of TIMES.
    for (const at of [ms, ms + 14 * MINUTE]) seen.getOrInsert(iso(at).slice(0, 16), at)
  }
  return seen
}

describe.each(zones)('in %s in %i', (timezone, year) => {
  const firstSeen = watchClock(timezone, year)

  test.each(TIMES)('the summary at %s comes once a day', (time) => {
    const plan = daily(timezone, time)
    const told = new Map<string, number>()
    const end = Date.UTC(year + 1, 0, 2)
    for (let now = slotsAround(plan, Date.UTC(year, 0, 1)).nextAt; now < end; ) {
      const { current, nextAt } = slotsAround(plan, now)
      expect([current?.at, isoIn(timezone)(now)]).toEqual([now, isoIn(timezone)(now)])
      expect(told.has(current?.subject as string)).toBe(false)
      told.set(current?.subject as string, now)
      expect(slotsAround(plan, now - 1).nextAt).toBe(now)
      expect(nextAt).toBeGreaterThan(now)
      now = nextAt
    }
    const days = new Set([...firstSeen.keys()].map((minute) => minute.slice(0, 10)))
    for (const day of days) {
      const at = firstSeen.get(`${day}T${time}`)
      const subject = `summary:${day}`
      if (day < `${year}-01-02` || day > `${year}-12-31`) told.delete(subject)
      else if (at === undefined) expect([subject, told.has(subject)]).toEqual([subject, true])
      else expect([subject, told.get(subject)]).toEqual([subject, at])
      if (at !== undefined) told.delete(subject)
    }
    // On the remaining days the clock skipped the time, and the summary is later by as much as the clock jumped.
    for (const [subject, at] of told) {
      const wanted = `${subject.slice('summary:'.length)}T${time}`
      const jumpMs = Date.parse(`${localMinute(at, timezone)}Z`) - Date.parse(`${wanted}Z`)
      expect([30 * MINUTE, HOUR, DAY]).toContain(jumpMs)
      const before = localMinute(at - jumpMs, timezone)
      expect(before < wanted && !firstSeen.has(wanted)).toBe(true)
    }
  })

  test('at any minute the slot is that of the day, and the next one lies ahead', () => {
    const plan = daily(timezone, '02:15')
    for (let now = Date.UTC(year, 0, 1); now < Date.UTC(year + 1, 0, 1); now += 37 * MINUTE) {
      const { current, nextAt } = slotsAround(plan, now)
      const isRight =
        nextAt > now && (!current || (current.at <= now && current.subject.endsWith(dateOf(now, timezone))))
      if (!isRight) expect.fail(`${isoIn(timezone)(now)}: ${JSON.stringify({ current, nextAt })}`)
    }
  })
})

test.each<[string, string, string, string]>([
  ['a time that is skipped comes later', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T03:30:00.000+02:00'],
  ['one that is repeated comes the first time', 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-25T02:30:00.000+02:00'],
  ['half an hour counts, too', 'Australia/Lord_Howe', '2026-10-03T15:00Z', '2026-10-04T02:30:00.000+11:00'],
  ['a day that a country leaves out has none', 'Pacific/Apia', '2011-12-29T13:00Z', '2011-12-31T02:30:00.000+14:00'],
])('%s', (_title, timezone, now, expected) => {
  expect(isoIn(timezone)(slotsAround(daily(timezone, '02:30'), Date.parse(now)).nextAt)).toBe(expected)
})

describe('on Tuesday, a summary at nine', () => {
  const timezone = 'Europe/Moscow'
  const at = (day: number, time: string) => Date.parse(`2026-11-${day}T${time}+03:00`)

  test.each<[string, number, number, boolean]>([
    ['is told on time', at(1 + 9, '08:00'), at(24, '09:00'), true],
    ['is told on the day of the first start, on time', at(24, '08:00'), at(24, '09:00'), true],
    ['is told on the day of the first start, a little late', at(24, '08:00'), at(24, '09:01'), true],
    ['is told if the first start was at that moment', at(24, '09:00'), at(24, '09:00'), true],
    ['is not told before its time', at(10, '08:00'), at(24, '08:59:59.999'), false],
    ['is not told if the first start came after it', at(24, '09:00:00.001'), at(24, '09:00:01'), false],
    ['is not caught up with on the day of the first start', at(24, '08:00'), at(24, '11:00'), false],
    ['is caught up with the day after the first start', at(23, '23:59'), at(24, '11:00'), true],
    ['is caught up with on any other day', at(10, '08:00'), at(24, '11:00'), true],
    ['is caught up with at the end of its day', at(10, '08:00'), at(24, '23:59:59.999'), true],
    ['is not caught up with the day after', at(10, '08:00'), at(25, '00:00'), false],
    ['is not caught up with just before the next', at(10, '08:00'), at(25, '08:59:59.999'), false],
  ])('%s', (_title, firstUsedAt, now, expected) => {
    const { current } = slotsAround(daily(timezone, '09:00'), now)
    expect(current !== null && isWanted(current, { now, firstUsedAt, timezone })).toBe(expected)
  })
})

describe('a summary every so often', () => {
  const every = (everyMs: number): SummaryPlan => ({ time: '09:00', timezone: 'UTC', everyMs })

  test('has one slot after the other, each with a subject of its own', () => {
    const plan = fc.integer({ min: SECOND, max: DAY - 1 }).map(every)
    fc.assert(
      fc.property(plan, fc.integer({ min: 0, max: 4e12 }), (plan, now) => {
        const { current, nextAt } = slotsAround(plan, now)
        const after = slotsAround(plan, nextAt)
        expect(current?.at).toBeLessThanOrEqual(now)
        expect([nextAt > now, after.current?.at, nextAt - (current?.at ?? 0)]).toEqual([true, nextAt, plan.everyMs])
        expect(after.current?.subject).not.toBe(current?.subject)
        expect(slotsAround(plan, nextAt - 1)).toEqual({ current, nextAt })
      }),
    )
  })

  test('is not told for the slot in which the first start fell', () => {
    const now = Date.UTC(2026, 10, 23, 12, 1)
    const { current, nextAt } = slotsAround(every(2 * MINUTE), now)
    const isTold = (at: number) => isWanted({ subject: '', at }, { now: at, firstUsedAt: now, timezone: 'UTC' })
    expect([isWanted(current as never, { now, firstUsedAt: now, timezone: 'UTC' }), isTold(nextAt)]).toEqual([
      false,
      true,
    ])
  })
})
