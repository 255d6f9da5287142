import { expect, test } from 'vitest'
import { lastWords } from '../../server/text/lastWords.ts'

const nodeFrames = `    at Object.<anonymous> (/app/job.js:1:7)
    at Module._compile (node:internal/modules/cjs/loader:1554:14)
    at async Promise.all (index 0)`

test.each<[string, string, string[]]>([
  ['nothing', '', []],
  ['blank lines', ' \n\t\r\n\n', []],
  ['one line', 'FATAL: too many connections', ['FATAL: too many connections']],
  ['trailing blank lines', 'first\nthe disk is full\n \n\n', ['the disk is full']],
  ['CRLF', 'first\r\nthe disk is full\r\n', ['the disk is full']],
  ['a progress bar', 'copying\n  0%\r 50%\r 99% no space left', ['99% no space left']],
  ['a progress bar that ends its line', ' 50%\r 99% no space left\r\n', ['99% no space left']],
  ['colours', '\u001B[1;31mno space left\u001B[0m\u001B[K', ['no space left']],
  [
    'the title of a window, and a link',
    '\u001B]0;job\u0007no \u001B]8;;http://x\u001B\\space\u001B]8;;\u001B\\',
    ['no space'],
  ],
  ['an escape that never ends', 'no space\n\u001B]0;job\nleft\u001B[3', ['left']],
  ['control characters, NUL and marks of direction', 'no\u0000 \u0007sp\u202Eace\u200B\tleft', ['no space left']],
  ['a spinner', '|\b/\b-\b\\\bno space left', ['no space left']],
  ['lone surrogates', 'no \uD800space', ['no \uFFFDspace']],
  ['other scripts', 'начало\nдиск переполнен 😀', ['диск переполнен 😀']],
  ['right to left', 'הדיסק מלא', ['הדיסק מלא']],
  ['bytes that are no text', `no space left\n${'\uFFFD\uFFFDa'.repeat(9)}`, ['no space left']],
  ['a lone bracket', 'no space left\n}\n', ['no space left']],
  ['an interruption', 'no space left\n^C\n', ['no space left']],
  ['nothing but an interruption', '^C', []],
  ['rulers', 'no space left\n------\n======', ['no space left']],
  [
    'Python',
    `Traceback (most recent call last):\n  File "job.py", line 1, in <module>\n    a['x']\n    ~^^^^^\nKeyError: 'x'\n`,
    ["KeyError: 'x'"],
  ],
  [
    'Python, an error of two lines',
    'Traceback (most recent call last):\npsycopg.OperationalError: connection failed: FATAL: too many clients\n\tIs the server running?\n',
    ['psycopg.OperationalError: connection failed: FATAL: too many clients', 'Is the server running?'],
  ],
  [
    'Python, a word alone',
    'Traceback (most recent call last):\n  File "job.py", line 1\nAssertionError\n',
    ['AssertionError'],
  ],
  [
    'Node',
    `/app/job.js:1\nthrow new Error('boom')\n^\n\nError: boom\n${nodeFrames}\n\nNode.js v26.10.0\n`,
    ['Error: boom'],
  ],
  [
    'Node, an error with fields',
    `Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {\n  errno: -111,\n  code: 'ECONNREFUSED',\n  port: 5432\n}\n\nNode.js v26.10.0`,
    ['Error: connect ECONNREFUSED 127.0.0.1:5432'],
  ],
  [
    'Node, an error with a cause',
    `Error: could not save\n    at main (file:///app/job.js:1:7) {\n  [cause]: Error: no space left\n      at main (file:///app/job.js:2:7)\n}\n\nNode.js v26.10.0`,
    ['Error: could not save', 'Error: no space left'],
  ],
  [
    'Node, several errors in one',
    `AggregateError [ECONNREFUSED]: \n    at internalConnectMultiple (node:net:1134:18) {\n  code: 'ECONNREFUSED',\n  [errors]: [\n    Error: connect ECONNREFUSED ::1:5432\n        at createConnectionError (node:net:1675:14) {\n      port: 5432\n    }\n  ]\n}\n\nNode.js v26.10.0`,
    ['AggregateError [ECONNREFUSED]:', 'Error: connect ECONNREFUSED ::1:5432'],
  ],
  [
    'Node, an error whose message has two lines',
    `Error: Command failed: pg_dump shop\nconnection refused\n${nodeFrames}\n`,
    ['Error: Command failed: pg_dump shop', 'connection refused'],
  ],
  [
    'Java',
    'Exception in thread "main" java.lang.RuntimeException: no backup\n\tat Main.main(Main.java:3)\nCaused by: java.io.IOException: no space left\n\tat Main.copy(Main.java:9)\n\t... 1 more\n',
    ['Caused by: java.io.IOException: no space left'],
  ],
  [
    '.NET',
    'Unhandled exception. System.IO.IOException: no space left\n   at Program.Main() in /app/Program.cs:line 3\n',
    ['Unhandled exception. System.IO.IOException: no space left'],
  ],
  [
    'Go',
    'panic: no space left\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:4 +0x18\nexit status 2\n',
    ['panic: no space left'],
  ],
  [
    'Rust',
    "thread 'main' panicked at src/main.rs:2:5:\nno space left\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
    ["thread 'main' panicked at src/main.rs:2:5:", 'no space left'],
  ],
  [
    'Ruby',
    "job.rb:2:in 'copy': no space left (RuntimeError)\n\tfrom job.rb:5:in '<main>'\n",
    ["job.rb:2:in 'copy': no space left (RuntimeError)"],
  ],
  [
    'PHP',
    'PHP Fatal error:  Uncaught Exception: no space left in /app/job.php:3\nStack trace:\n#0 /app/job.php(9): copy()\n#1 {main}\n  thrown in /app/job.php on line 3\n',
    ['PHP Fatal error: Uncaught Exception: no space left in /app/job.php:3'],
  ],
  [
    'npm',
    'Error: no space left\nnpm error Lifecycle script `job` failed with error:\nnpm error code 1\nnpm error path /app\nnpm error A complete log of this run can be found in: /root/.npm/_logs/1-debug-0.log\n',
    ['Error: no space left'],
  ],
  ['make', 'cp: no space left\nmake: *** [Makefile:2: backup] Error 1\n', ['cp: no space left']],
  ['an exit code', 'no space left\nCommand failed with exit code 1.\n', ['no space left']],
  ['nothing but an exit code', 'exit status 2\n', ['exit status 2']],
  [
    'steps after the error',
    'pg_dump: error: connection refused\nremoving temporary files\nbye\n',
    ['pg_dump: error: connection refused', 'bye'],
  ],
  ['an error of long ago', `error: first try\n${'step\n'.repeat(20)}bye`, ['bye']],
  ['a status that tells', 'upload failed with HTTP status 503', ['upload failed with HTTP status 503']],
  [
    'JSON over lines',
    'The answer was:\n{\n  "ok": false,\n  "error": "too many connections",\n  "id": 7\n}',
    ['"error": "too many connections"'],
  ],
  ['JSON over lines alone, which tells nothing', '{\n  "ok": false\n}', ['"ok": false']],
])('of %s', (_title, output, expected) => {
  expect(lastWords(output)).toEqual(expected)
})

test('a long line keeps its start, and no emoji is cut', () => {
  const [line = ''] = lastWords(`FATAL: ${'🦊'.repeat(900)}`)
  expect(line).toMatch(/^FATAL: 🦊+…$/u)
  expect(line.length).toBeLessThanOrEqual(200)
  expect(line.isWellFormed()).toBe(true)
})

test.each([
  '}\n',
  '\r',
  '-',
  '.',
  ':',
  'a',
  '\u001B]',
  '[\n',
  'at (',
  ' error',
  'x.',
  '\u0008',
  '^C\n',
  '(\n}\n',
  'Error',
])('ten thousand characters of %j take no time', (piece) => {
  const output = piece.repeat(Math.ceil(10_000 / piece.length))
  const before = performance.now()
  lastWords(output)
  expect(performance.now() - before).toBeLessThan(200)
})
