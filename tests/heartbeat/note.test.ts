import { expect, test } from 'vitest'
import { inFewWords } from '../../server/heartbeat/note.ts'
import { startTestApp } from '../helpers/app.ts'

const output = 'connecting\nFATAL: too many connections\n'

test.each<[string, Parameters<typeof inFewWords>[0], string | null]>([
  ['nothing', {}, null],
  ['a message', { message: ' disk full ' }, 'disk full'],
  ['a message, an exit code and an output', { message: 'disk full', exitCode: 1, output }, 'disk full'],
  ['an exception without a text', { message: 'TimeoutError:' }, 'TimeoutError'],
  ['an exit code', { exitCode: 137 }, 'exit code 137'],
  ['an output', { output }, 'FATAL: too many connections'],
  ['an exit code and an output', { exitCode: 1, output }, 'exit code 1: FATAL: too many connections'],
  ['an exit code and an output that says it, too', { exitCode: 2, output: 'exit code 2\n' }, 'exit code 2'],
  ['an exit code and an empty output', { exitCode: 1, output: '\n}\n' }, 'exit code 1'],
  ['the exit code 0', { exitCode: 0 }, 'exit code 0'],
  ['the exit code 0 and an output', { exitCode: 0, output }, 'FATAL: too many connections'],
  ['an empty message', { message: ' ', exitCode: 1, output }, 'exit code 1: FATAL: too many connections'],
  ['a message that says little', { message: 'Failed!', output }, 'FATAL: too many connections'],
  ['a message with the exit code', { message: 'exit code 1', output }, 'exit code 1: FATAL: too many connections'],
  [
    'a message with the exit code, in more words',
    { message: 'Command failed with exit code 1.', output },
    'Command failed with exit code 1: FATAL: too many connections',
  ],
  ['a message with a number alone', { message: 'Error 53', output }, 'Error 53: FATAL: too many connections'],
  ['a message that says little, alone', { message: 'failed' }, 'failed'],
  ['a message that says little, and an exit code', { message: 'failed', exitCode: 3 }, 'failed, exit code 3'],
  ['a message of another script', { message: 'диск переполнен', output }, 'диск переполнен'],
  [
    'a last line that only surrounds an error',
    {
      message: 'Node.js v26.10.0',
      exitCode: 1,
      output: `Error: boom\n    at main (/app/job.js:1:7)\n\nNode.js v26.10.0\n`,
    },
    'exit code 1: Error: boom',
  ],
  [
    'two lines that belong together',
    { exitCode: 1, output: 'pg_dump: error: connection refused\n\tIs the server running?\n' },
    'exit code 1: pg_dump: error: connection refused; Is the server running?',
  ],
  [
    'a message that is a whole traceback',
    { message: `Traceback (most recent call last):\n  File "job.py", line 1\nKeyError: 'x'\n` },
    "KeyError: 'x'",
  ],
])('of %s', (_title, said, expected) => {
  expect(inFewWords(said)).toBe(expected)
})

test('is never long', () => {
  const long = `FATAL: ${'🦊'.repeat(2_000)}`
  expect(inFewWords({ message: long })?.length).toBeLessThanOrEqual(500)
  expect(inFewWords({ exitCode: 1, output: `${long}\n${long}` })?.length).toBeLessThanOrEqual(500)
})

test('an alert about a job says what it printed last, if it gave no message', async () => {
  const app = await startTestApp()
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', exitCode: 1, output })
  await app.live(20_000)
  expect(app.told).toEqual([
    expect.objectContaining({ body: 'failed at 12:00: exit code 1: FATAL: too many connections' }),
  ])
})
