import { builtin } from './builtin.ts'

const { stripVTControlCharacters } = builtin('node:util')

/** In characters. */
const LONGEST_LINE = 200
/** The share of readable characters below which something is binary data. */
const LEAST_READABLE = 0.75
/** Control characters but for white space, invisible and unassigned ones, and what stands for bytes that are no UTF-8. */
const unreadable = /(?!\s)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD]/gu

/**
 * The last line of an output that says something to people, without colours and cut to 200 characters; undefined if there
 * is none. What `\r` overwrote counts as lines of its own, as with a progress bar.
 */
export function lastLine(output: string): string | undefined {
  const plain = stripVTControlCharacters(output)
  // Among random bytes there are always some lines of one or two letters.
  if (!isReadable(plain)) return
  const lines = plain.split(/[\r\n\v\f\u0085\u2028\u2029]/).reverse()
  const last = lines.find((line) => line.trim() !== '' && isReadable(line))
  if (last !== undefined)
    return cut(
      last
        .replaceAll(/(?!\s)\p{Cc}/gu, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
}

const isReadable = (text: string) => text.replaceAll(unreadable, '').length >= text.length * LEAST_READABLE

function cut(line: string): string {
  const characters = [...line]
  return characters.length > LONGEST_LINE ? `${characters.slice(0, LONGEST_LINE - 1).join('')}…` : line
}
