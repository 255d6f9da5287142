import { plainLines } from './plainLines.ts'
import { cut } from './words.ts'

/** How much is looked at: the newest lines, and UTF-16 units of each. */
const MOST_LINES = 200
const LONGEST_LINE = 1_000
/** UTF-16 units of a line that are told. */
const LONGEST_TOLD = 200
/** How many telling lines above the last one may name the error that led to it. */
const LINES_ABOVE = 8

const frames = [
  /^\s*at\s\S.*[(:]\S*:\d+|^\s+at\s\S|^\s+\.{3} \d+ more$/, // Node, Java, .NET
  /^\s+from\s\S+:\d+:in\s/, // Ruby
  /^\s+File ".*", line \d+/, // Python
  /^#\d+ (\{main\}|\[internal function\]|\S+\(\d+\):)|^\s+thrown in \S+ on line \d+$|^Stack trace:$/, // PHP
  /^\s+\d+: \S+::\S|^stack backtrace:$|^note: (run with `RUST_|Some details are omitted)/, // Rust
]
/** What runtimes and package managers add to any failure. */
const footers = [
  /^(Node\.js|Bun) v\d|^\(Use `node --trace/,
  /^npm (ERR!|error|notice)(\s*$|\s+(A complete log|.*debug-\d+\.log|(code|errno|path|workspace|location|command|signal|syscall|Lifecycle|Exit status)\b))/,
  /^(info|warning) Visit https?:|^--- End of /,
]
const keystroke = /^\^[@-_]$/
/** A line that says no more than that something failed. */
const generic = [
  /^\W*(errors?|fail(ed|ure)?|failing|ko|not ok|down|unknown( error)?|((the )?(job|command|script|task|build|backup|run) )?(has )?failed)\W*$/i,
  /^.{0,60}\b(exit(ed)?( with)?|returned( non-zero)?|terminated with|failed with)( exit)?( status| code| error code)?:? -?\d+\W*$/i,
  /^\W*(status|code|error|rc)\W{1,3}\d+\W*$/i,
  /^g?make(\[\d+\])?: (\*\*\*|Leaving directory)/,
]
const namesError =
  /\b(?:\w*(?:Error|Exception)|\w*_error|error|fatal|panic|critical)\b[^:]{0,60}:\s*\S|\b(?:ERROR|FATAL|CRITICAL|PANIC)\b|\bpanicked at\b/
const namesErrorFirst =
  /^\W*(?:\w+\W+){0,4}?(?:error|fatal|panic|critical|exception)\b[^:]{0,60}:\s*\S|^\s*[\w.]*(?:Error|Exception)(?: \[\w+\])?:?$/i
const key = /^\W*(error|message|msg|reason|detail)\w*\W*[:=]/i
const cause = /^\s*(?:\[cause\]:\s*|(?=\w*(?:Error|Exception)(?: \[\w+\])?: \S))/

const some = (patterns: readonly RegExp[], line: string) => patterns.some((pattern) => pattern.test(line))
const isError = (line: string) => namesError.test(line) || namesErrorFirst.test(line)
const isFrame = (line: string) => some(frames, line)
const isReadable = (line: string) => /[\p{L}\p{N}]/u.test(line) && !keystroke.test(line.trim()) && !isBinary(line)
const isTelling = (line: string) => isReadable(line) && !isFrame(line) && !some(footers, line) && !some(generic, line)

/** Whether a text says only that something failed, as `failed` and `exit code 1` do, or nothing at all. */
export const saysLittle = (text: string): boolean => !plainLines(text).some(isTelling)

/** Whether a quarter of a line stands for bytes that are no text. */
const isBinary = (line: string) => line.replaceAll(/[\p{Co}\p{Cn}\uFFFD]/gu, '').length < line.length * 0.75

/**
 * The one or two lines of an output that say best why a job failed: its last line, passing over what only surrounds it
 * (frames of a stack, footers, brackets), and before it the line that names the error, if the last one does not.
 */
export function lastWords(output: string): string[] {
  const lines = plainLines(output)
    .slice(-MOST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE))
  const index = lastTelling(lines)
  if (index === null) return lastReadable(lines).map(tidy)
  const line = lines[index] as string
  const told = isError(line) ? [line, causeAfter(lines, index)] : [errorAbove(lines, index), line]
  return [...new Set(told.filter((one) => one !== undefined).map(tidy))]
}

function lastTelling(lines: readonly string[]): number | null {
  const end = lines.findIndex((line) => /^goroutine \d+ \[/.test(line))
  for (let index = (end === -1 ? lines.length : end) - 1; index >= 0; index--) {
    const line = lines[index] as string
    if (isClosing(line)) {
      const opening = openingOf(lines, index)
      const named = isFrame(lines[opening] as string) ? -1 : lines.slice(0, index).findLastIndex((one) => key.test(one))
      if (named > opening) return named
      // The opening line itself is looked at next.
      if (opening < index) index = opening + 1
    } else if (isTelling(line)) return index
  }
  return null
}

const isClosing = (line: string) => /^[\s)\]}>,;]+$/.test(line)

/** The line that opens the brackets that this one closes; the line itself if there is none. */
function openingOf(lines: readonly string[], closing: number): number {
  let depth = 0
  for (let index = closing; index >= 0; index--) {
    const line = lines[index] as string
    if (isClosing(line)) depth += line.match(/[)\]}]/g)?.length ?? 0
    else if (/[([{]$/.test(line)) depth -= 1
    if (depth <= 0) return index
  }
  return closing
}

function errorAbove(lines: readonly string[], index: number): string | undefined {
  const above = lines.slice(0, index).filter(isTelling).slice(-LINES_ABOVE)
  return above.findLast(isError)
}

/** The cause that Node prints below an error, within its brackets. */
const causeAfter = (lines: readonly string[], index: number): string | undefined =>
  lines
    .slice(index + 1)
    .findLast((line) => cause.test(line))
    ?.replace(cause, '')

/** Where no line is telling: the last that can be read. */
function lastReadable(lines: readonly string[]): string[] {
  const readable = lines.filter(isReadable)
  return [readable.findLast((line) => key.test(line) || isError(line)) ?? readable.at(-1)].filter(
    (line) => line !== undefined,
  )
}

/** A line as it is told: without what only surrounds it, and cut. */
export const tidy = (line: string) =>
  cut(
    line
      .replaceAll(/\s+/g, ' ')
      .replace(/(?:,| ?[{[(])$/, '')
      .trim(),
    LONGEST_TOLD,
  )
