import { clean } from './clean.ts'

export interface Cell {
  text: string
  /** The ANSI colour code, e.g. `31` for red. */
  colour?: string | undefined
}

const WIDEST = 40
const GAP = '  '

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** Aligns cells of any text in columns. All columns but the last are cut if they are too wide. */
export function table(rows: readonly (readonly Cell[])[], isColoured: boolean): string {
  const cells = rows.map((row) =>
    row.map((cell, column) => ({ ...cell, ...fit(cell.text, column === row.length - 1 ? Infinity : WIDEST) })),
  )
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.width ?? 0)))
  return cells
    .map((row) => {
      const columns = row.map(({ text, width, colour }, column) => {
        const painted = isColoured && colour ? `\u001B[${colour}m${text}\u001B[0m` : text
        return column === row.length - 1 ? painted : painted + ' '.repeat(Number(widths[column]) - width)
      })
      return `${columns.join(GAP).trimEnd()}\n`
    })
    .join('')
}

const segmenter = new Intl.Segmenter()

/** Sanitizes a text and cuts it to a width, in columns of a terminal. */
function fit(given: string, widest: number): { text: string; width: number } {
  let text = ''
  let width = 0
  for (const { segment } of segmenter.segment(clean(given))) {
    const more = widthOf(segment)
    if (width + more > widest - 1) return { text: isolate(`${text}…`), width: width + 1 }
    text += segment
    width += more
  }
  return { text: isolate(text), width }
}

function widthOf(character: string): number {
  if (wide.test(character)) return 2
  return /^[\p{M}\p{Cf}]/u.test(character) ? 0 : 1
}

/** Keeps Arabic and Hebrew from turning the columns beside them around. */
const isolate = (text: string) => (rightToLeft.test(text) ? `\u2068${text}\u2069` : text)
