import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { type Settlement, settlementOf } from '../../server/delivery/settlement.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const CHAT = '-100123'

type Attempt = Parameters<typeof settlementOf>[0]

const fresh: Attempt = { repeated: false, failures: 0, copies: 1, refusals: 1 }
const unsure: Attempt = { ...fresh, repeated: true }

const lost: Delivery = { outcome: 'lost', reason: 'no answer' }
const refused: Delivery = { outcome: 'refused', reason: '502 Bad Gateway', permanent: false }
const blocked: Delivery = { outcome: 'refused', reason: '403 bot was blocked', permanent: true }
const later = (retryAfterMs: number): Delivery => ({ ...refused, reason: '429 too many', retryAfterMs })

const waits = (unanswered: boolean, afterMs: number, reason = '502 Bad Gateway', copies = 1): Settlement => ({
  kind: 'waits',
  reason,
  unanswered,
  retryAt: NOW + afterMs,
  setAsideUntil: null,
  copies,
  refusals: 1,
})

describe('an attempt', () => {
  test.each<[string, Attempt, Delivery, Settlement]>([
    ['that arrived is sent', fresh, { outcome: 'sent' }, { kind: 'sent' }],
    ['whose answer was lost may have arrived', fresh, lost, waits(true, 1 * SECOND, 'no answer')],
    ['that certainly did not arrive is no repetition later', fresh, refused, waits(false, 1 * SECOND)],
    ['that was refused does not undo the doubt about an earlier one', unsure, refused, waits(true, 1 * SECOND)],
    ['that was told to wait keeps that doubt, too', unsure, later(5_000), waits(true, 5_000, '429 too many', 0)],
    ['that cannot heal is not tried again', fresh, blocked, { kind: 'failed', reason: '403 bot was blocked' }],
    ['in a chat that moved follows it', fresh, { outcome: 'moved', to: '-100999' }, { kind: 'moved', to: '-100999' }],
    [
      'in a chat that moved to where it is does not go in circles',
      fresh,
      { outcome: 'moved', to: CHAT },
      { kind: 'failed', reason: `it moved to where it is: ${CHAT}` },
    ],
    ['waits as long as it was told', fresh, later(37_000), waits(false, 37_000, '429 too many', 0)],
    ['waits as long as it was told, also for hours', fresh, later(HOUR), waits(false, HOUR, '429 too many', 0)],
    [
      'waits as long as it was told, however often it failed',
      { ...fresh, failures: 12 },
      later(2_000),
      waits(false, 2_000, '429 too many', 0),
    ],
  ])('%s', (_title, attempt, delivery, expected) => {
    expect(settlementOf(attempt, CHAT, delivery, NOW)).toEqual(expected)
  })

  test.each<[failures: number, waitMs: number]>([
    [0, 1 * SECOND],
    [1, 2 * SECOND],
    [2, 4 * SECOND],
    [8, 256 * SECOND],
    [9, 5 * MINUTE],
    [10, 5 * MINUTE],
    [5_000, 5 * MINUTE],
  ])('after %i failures waits for %i ms', (failures, waitMs) => {
    for (const delivery of [refused, lost])
      expect(settlementOf({ ...fresh, failures }, CHAT, delivery, NOW)).toMatchObject({ retryAt: NOW + waitMs })
  })
})

const unseen: Delivery = { ...refused, unseen: true }
const tried = (copies: number, refusals = copies): Attempt => ({ ...fresh, copies, refusals })

describe('a message', () => {
  test.each<[string, Attempt, Delivery, object]>([
    ['that was refused twice lets nobody pass', tried(2), refused, { setAsideUntil: null }],
    ['that was refused three times lets others pass', tried(3), refused, { setAsideUntil: NOW + MINUTE, copies: 3 }],
    ['that had no answer three times does, too', tried(3), lost, { setAsideUntil: NOW + MINUTE, unanswered: true }],
    ['is set aside for longer each time', tried(4), refused, { setAsideUntil: NOW + 30 * MINUTE }],
    ['is kept half a day for its last copy', tried(5), refused, { setAsideUntil: NOW + 12 * HOUR }],
    ['that never got a connection stays the first', tried(3), unseen, { setAsideUntil: null, copies: 2, refusals: 2 }],
    ['that was put off lets others pass', tried(3), later(SECOND), { setAsideUntil: NOW + MINUTE, copies: 2 }],
    ['that was put off for long waits for long', tried(3), later(HOUR), { setAsideUntil: NOW + HOUR }],
    ['that was put off often is not given up', tried(6, 90), later(SECOND), { kind: 'waits', copies: 5, refusals: 90 }],
    ['whose last attempt got no connection has another', tried(6), unseen, { kind: 'waits', copies: 5, refusals: 5 }],
    [
      'that was refused six times is given up',
      tried(6),
      refused,
      { kind: 'givenUp', reason: 'given up after 6 attempts: 502 Bad Gateway', retryAt: NOW + SECOND },
    ],
    [
      'that had no answer six times is given up, though it may have arrived',
      { ...tried(6), repeated: true },
      lost,
      { kind: 'givenUp', reason: 'given up after 6 attempts, and may have arrived: no answer' },
    ],
    ['that is refused for good fails at once', tried(1), blocked, { kind: 'failed' }],
  ])('%s', (_title, attempt, delivery, expected) => {
    expect(settlementOf(attempt, CHAT, delivery, NOW)).toMatchObject(expected)
  })
})

test('a wait of no time at all is a second, so that nobody is asked without end', () => {
  expect(settlementOf(fresh, CHAT, later(0), NOW)).toMatchObject({ retryAt: NOW + SECOND })
})
