import { expect, test } from 'vitest'
import { type Absence, createAbsence } from '../../server/absence.ts'
import type { Log } from '../../server/log.ts'
import { createTestClock, MINUTE, SECOND, type TestClock } from '../helpers/clock.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5433'), { code: 'ECONNREFUSED' })
const coded = (code: string, message: string) => Object.assign(new Error(message), { code })

interface Watched {
  absence: Absence
  clock: TestClock
  /** The lines of the log since the last call. */
  said(): unknown[]
}

function watched(): Watched {
  const lines: unknown[] = []
  const say = (...line: unknown[]) => lines.push(line.length === 1 ? line[0] : line)
  const log = { info: say, warn: say, error: say } as unknown as Log
  const clock = createTestClock()
  const absence = createAbsence({ clock, log, description: 'PostgreSQL at 127.0.0.1:5433/stillbeat' })
  return { absence, clock, said: () => lines.splice(0) }
}

test('a database that is away is told of once, then each minute, and once when it is back', () => {
  const { absence, clock, said } = watched()
  absence.noted(refused, 'could not do this')
  expect(said()).toEqual([
    'the database cannot be reached (connect ECONNREFUSED 127.0.0.1:5433); is PostgreSQL at 127.0.0.1:5433/stillbeat running, and DATABASE_URL right? Heartbeats are answered 503 until it can; trying again',
  ])
  for (let second = 0; second < 150; second++) {
    clock.jump(SECOND)
    absence.noted(refused, 'could not do that', 'error')
  }
  const still = (lasted: string) =>
    `the database still cannot be reached, after ${lasted} (connect ECONNREFUSED 127.0.0.1:5433); is PostgreSQL at 127.0.0.1:5433/stillbeat running, and DATABASE_URL right?`
  expect(said()).toEqual([still('1 min and 61 attempts'), still('2 min and 121 attempts')])

  clock.jump(30 * SECOND)
  absence.answered()
  expect(said()).toEqual(['the database can be reached again, after 3 min and 151 attempts'])
  clock.jump(MINUTE)
  absence.answered()
  expect(said()).toEqual([])
})

test('a database that takes some and refuses some is not back until it has been steady for a while', () => {
  const { absence, clock, said } = watched()
  for (let turn = 0; turn < 100; turn++) {
    absence.noted(coded('53100', 'could not extend file: No space left on device'), 'could not do this')
    clock.jump(100)
    absence.answered()
  }
  expect(said()).toEqual([
    'the database cannot be reached (could not extend file: No space left on device); free its disk, which is full. Heartbeats are answered 503 until it can; trying again',
  ])
  clock.jump(5 * SECOND)
  absence.answered()
  expect(said()).toEqual(['the database can be reached again, after 10 s and 100 attempts'])
})

test('an unexpected error is logged with its trace', () => {
  const { absence, said } = watched()
  const bug = new TypeError('x is not a function')
  absence.noted(bug, 'could not do this', 'error')
  absence.answered()
  expect(said()).toEqual([[{ err: bug }, 'could not do this']])
})

test.for([
  [
    'of several addresses',
    Object.assign(new AggregateError([refused, new Error('connect ECONNREFUSED ::1:5433')]), { code: 'ECONNREFUSED' }),
    '(connect ECONNREFUSED 127.0.0.1:5433, connect ECONNREFUSED ::1:5433); is PostgreSQL at',
  ],
  [
    'of a worker of the job queue, which is no error',
    { ...refused, message: `${refused.message} (Queue: check, Worker: 103485ac)`, stack: refused.stack },
    '(connect ECONNREFUSED 127.0.0.1:5433); is PostgreSQL at',
  ],
  [
    'of several addresses, told by such a worker',
    { code: 'ECONNREFUSED', message: ' (Queue: check, Worker: 103485ac)' },
    '(ECONNREFUSED); is PostgreSQL at',
  ],
  [
    'of a password that was changed',
    coded('28P01', 'password authentication failed for user "bob"'),
    'for user "bob"); are user and password in DATABASE_URL right',
  ],
  ['of a standby', coded('25006', 'the database is a standby'), '(the database is a standby); promote it'],
  ['of a lock', coded('55P03', 'canceling statement due to lock timeout'), 'due to lock timeout); see in its pg_locks'],
  ['of too many connections', coded('53300', 'sorry, too many clients already'), 'already); raise its max_connections'],
] as const)('the reason %s is told in words, with its cure', ([, error, words]) => {
  const { absence, said } = watched()
  absence.noted(error, 'could not do this')
  expect(said()).toEqual([expect.stringContaining(words)])
})
