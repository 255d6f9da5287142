import { describe, expect, test } from 'vitest'
import { onCause } from '../../server/alert/cause.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const NOW = Date.UTC(2026, 10, 30, 3, 10)

const told = { isTold: true, isAwaited: false, toldAt: NOW - 2 * HOUR, lastChangeAt: null }
const failed = (note: string | null) => ({ reason: 'fail', note })
const silent = { reason: 'silence', note: null }

const EDITED = { replaces: true, tells: false }
const TOLD = { replaces: true, tells: true }
const NOTHING = { replaces: false, tells: false }

type Told = Partial<Omit<typeof told, 'lastChangeAt'>> & { lastChangeAt?: number }

test.each<[string, Told, typeof TOLD]>([
  ['is told', {}, TOLD],
  ['is only shown within an hour', { toldAt: NOW - HOUR }, EDITED],
  ['is told just after it', { toldAt: NOW - HOUR - 1 }, TOLD],
  ['is only shown by a clock that was set back', { toldAt: NOW + HOUR }, EDITED],
  ['is left to the alert that has not been made yet', { isAwaited: true }, EDITED],
  ['is left to the first alert', { isTold: false, isAwaited: true }, EDITED],
  ['is not told to who was told that alerts are off', { isTold: false }, EDITED],
  ['is not told while the service flaps', { lastChangeAt: NOW - 29 * MINUTE }, EDITED],
  ['is told once it does not flap any more', { lastChangeAt: NOW - 30 * MINUTE }, TOLD],
])('another cause %s', (_title, changes, expected) => {
  expect(onCause({ ...told, ...changes, ...failed('disk full') }, failed('database is corrupt'), NOW)).toEqual(expected)
})

test.each<[string, ReturnType<typeof failed>, ReturnType<typeof failed>, typeof TOLD]>([
  ['a failure after a silence', silent, failed('disk full'), TOLD],
  ['a failure without words after a silence', silent, failed(null), TOLD],
  ['the same words', failed('disk full'), failed('disk full'), NOTHING],
  ['a second failure without words', failed(null), failed(null), NOTHING],
  ['words after a failure without any', failed(null), failed('disk full'), TOLD],
  ['no words after some', failed('disk full'), failed(null), NOTHING],
  ['a silence after a failure', failed('disk full'), silent, NOTHING],
  ['a run that did not end', failed('disk full'), { reason: 'run', note: null }, TOLD],
])('%s', (_title, before, after, expected) => {
  expect(onCause({ ...told, ...before }, after, NOW)).toEqual(expected)
})

describe('texts that tell the same cause', () => {
  test.each([
    ['Disk full', 'disk  full'],
    ['failed at 03:10', 'failed at 14:02'],
    ['failed at 3:10:07 am', 'failed at 11:59:59 pm'],
    ['2026-11-25T03:10:00.123Z disk full', '2026-11-30T03:11:07.4+01:00 disk full'],
    ['2026-11-25 03:10:00,123 ERROR disk full', '2026-11-30 03:11:07,001 ERROR disk full'],
    ['Wed Nov 25 03:10:00 UTC 2026: disk full', 'Mon Nov 30 03:10:01 UTC 2026: disk full'],
    ['25 Nov 03:10 disk full', '1 December 03:10 disk full'],
    ['timed out after 30.012 s', 'timed out after 30.5 s'],
    ['took 12.5ms, then died', 'took 9.25ms, then died'],
    ['job 48213 died', 'job 99120 died'],
    ['run_1234567 died', 'run_7654321 died'],
    ['backup-20261125.tar is broken', 'backup-20261130.tar is broken'],
    ['at 0x7ffee4c0a8b0', 'at 0x7ffd11223344'],
    ['commit deadbeef01 fails', 'commit 0badc0ffee fails'],
    ['request 0b5bd3a8-3f8e-4f0a-9b57-0d6f3c1f2a11', 'request F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'],
  ])('%s', (before, after) => {
    expect(onCause({ ...told, ...failed(before) }, failed(after), NOW)).toEqual(EDITED)
    expect(onCause({ ...told, ...failed(after) }, failed(before), NOW)).toEqual(EDITED)
  })
})

describe('texts that tell different causes', () => {
  test.each([
    ['exit code 1', 'exit code 2'],
    ['exit code 3221225477', 'exit code 3221225786'],
    ['exit code -1073741819', 'exit code -1073740940'],
    ['error code 0xc0000005', 'error code 0xc0000374'],
    ['HTTP 500', 'HTTP 404'],
    ['timed out after 30 s', 'timed out after 60 s'],
    ['needs Python 3.11', 'needs Python 3.12'],
    ['no route to 10.0.0.1:5432', 'no route to 10.0.0.2:5432'],
    ['job.js:12:34: x is undefined', 'job.js:12:35: x is undefined'],
    ['disk full on node-1', 'disk full on node-2'],
    ['disk full', 'database is corrupt'],
    ['step 3 failed', 'step 4 failed'],
  ])('%s, and then %s', (before, after) => {
    expect(onCause({ ...told, ...failed(before) }, failed(after), NOW)).toEqual(TOLD)
  })
})

test('a text that is as long and as tangled as it may be is compared at once', () => {
  const tangled = ['1:'.repeat(250), 'a'.repeat(500), '0'.repeat(500), 'mon, '.repeat(100), '1.'.repeat(250)]
  const begun = performance.now()
  for (const note of tangled) onCause({ ...told, ...failed(note) }, failed(`${note.slice(1)}x`), NOW)
  expect(performance.now() - begun).toBeLessThan(200)
})
