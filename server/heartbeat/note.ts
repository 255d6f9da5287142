import { lastWords, saysLittle } from '../text/lastWords.ts'
import { cut } from '../text/words.ts'
import type { Signal } from './signal.ts'

/** What a signal says of itself. */
interface Said {
  message?: string
  exitCode?: number
  output?: string
}

/** UTF-16 units. */
const LONGEST_NOTE = 500

/** Why a job failed, or asks for a look. A failure's is the note of the incident that it opens. `null` if it says nothing. */
export function noteOf({ details }: Pick<Signal, 'details'>): string | null {
  return details === null ? null : inFewWords(JSON.parse(details))
}

/**
 * Its message, or else its exit code and the last words of its output, as in `exit code 1: FATAL: too many connections`. A
 * message that says little, such as `failed`, counts as none.
 */
export function inFewWords({ message = '', exitCode, output = '' }: Said): string | null {
  // An exception without a text is often sent as its name and a colon.
  const said = message
    .toWellFormed()
    .replaceAll('\0', '')
    .trim()
    .replace(/(?<=\S):$/, '')
  if (!saysLittle(said)) return cut(/^Traceback \(/.test(said) ? joined(lastWords(said)) : said, LONGEST_NOTE)
  const code = exitCode === undefined || exitCode === 0 ? '' : `exit code ${exitCode}`
  const words = joined(lastWords(output))
  const head = code || (/\b(code|status|error|rc|exited|returned)\b.*\d/i.test(said) ? said.replace(/[.:]+$/, '') : '')
  if (words !== '') return cut(head === '' || words.includes(head) ? words : `${head}: ${words}`, LONGEST_NOTE)
  if (said !== '' && code !== '' && !/\d/.test(said)) return cut(`${said}, ${code}`, LONGEST_NOTE)
  return cut(said || code || (exitCode === 0 ? 'exit code 0' : ''), LONGEST_NOTE) || null
}

const joined = ([first = '', second]: readonly string[]) =>
  second === undefined ? first : `${first}${/[.:;,!?…]$/.test(first) ? '' : ';'} ${second}`
