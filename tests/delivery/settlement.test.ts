import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { type Settlement, settlementOf } from '../../server/delivery/settlement.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const CHAT = '-100123'

type Attempt = Parameters<typeof settlementOf>[0]

const fresh: Attempt = { repeated: false, failures: 0 }
const unsure: Attempt = { ...fresh, repeated: true }

const lost: Delivery = { outcome: 'lost', reason: 'no answer' }
const refused: Delivery = { outcome: 'refused', reason: '502 Bad Gateway', permanent: false }
const blocked: Delivery = { outcome: 'refused', reason: '403 bot was blocked', permanent: true }
const later = (retryAfterMs: number): Delivery => ({ ...refused, reason: '429 too many', retryAfterMs })

const waits = (unanswered: boolean, afterMs: number, reason = '502 Bad Gateway'): Settlement => ({
  kind: 'waits',
  reason,
  unanswered,
  retryAt: NOW + afterMs,
})

describe('an attempt', () => {
  test.each<[string, Attempt, Delivery, Settlement]>([
    ['that arrived is sent', fresh, { outcome: 'sent' }, { kind: 'sent' }],
    ['whose answer was lost may have arrived', fresh, lost, waits(true, 1 * SECOND, 'no answer')],
    ['that certainly did not arrive is no repetition later', fresh, refused, waits(false, 1 * SECOND)],
    ['that was refused does not undo the doubt about an earlier one', unsure, refused, waits(true, 1 * SECOND)],
    ['that was told to wait keeps that doubt, too', unsure, later(5_000), waits(true, 5_000, '429 too many')],
    ['that cannot heal is not tried again', fresh, blocked, { kind: 'failed', reason: '403 bot was blocked' }],
    ['in a chat that moved follows it', fresh, { outcome: 'moved', to: '-100999' }, { kind: 'moved', to: '-100999' }],
    [
      'in a chat that moved to where it is does not go in circles',
      fresh,
      { outcome: 'moved', to: CHAT },
      { kind: 'failed', reason: `it moved to where it is: ${CHAT}` },
    ],
    ['waits as long as it was told', fresh, later(37_000), waits(false, 37_000, '429 too many')],
    ['waits as long as it was told, also for hours', fresh, later(HOUR), waits(false, HOUR, '429 too many')],
    [
      'waits as long as it was told, however often it failed',
      { ...fresh, failures: 12 },
      later(2_000),
      waits(false, 2_000, '429 too many'),
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
