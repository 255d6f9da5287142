/** A measured figure and its limit. */
export interface Row {
  figure: string
  value: number
  /** What the value was calculated from, for people. */
  made: string
  unit?: string
  /** `atLeast` if more is better. */
  limit: { atLeast: number; aim?: number } | { atMost: number; aim?: number }
}

/** A figure that has no value, and why. */
export interface Gap {
  figure: string
  verdict: 'skipped' | 'FAILED'
  why: string
}

export const isMissed = (row: Row | Gap): boolean =>
  'why' in row ? row.verdict === 'FAILED' : verdict(row) === 'MISSED'

/** A table of all rows with their verdicts, as text. */
export function table(rows: readonly (Row | Gap)[]): string {
  const cells = [['figure', 'measured', 'limit', 'aim', 'verdict'], ...rows.map(cellsOf)]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => String(row[column]).length)))
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '))
  lines.splice(1, 0, [...widths, 'verdict'.length].map((width) => '-'.repeat(width)).join('-|-'))
  return `${lines.join('\n')}\n`
}

function cellsOf(row: Row | Gap): string[] {
  if ('why' in row) return [row.figure, row.why, '', '', row.verdict]
  const { figure, value, made, unit, limit } = row
  const sign = 'atLeast' in limit ? '>=' : '<='
  const bound = 'atLeast' in limit ? limit.atLeast : limit.atMost
  const inUnit = (text: string) => (unit ? `${text} ${unit}` : text)
  const aim = limit.aim === undefined ? '' : `${sign} ${inUnit(String(limit.aim))}`
  return [figure, `${inUnit(value.toPrecision(3))} (${made})`, `${sign} ${inUnit(String(bound))}`, aim, verdict(row)]
}

function verdict({ value, limit }: Row): 'MISSED' | 'ok' | 'ok, aim met' {
  const holds = (bound: number) => ('atLeast' in limit ? value >= bound : value <= bound)
  if (!holds('atLeast' in limit ? limit.atLeast : limit.atMost)) return 'MISSED'
  return limit.aim !== undefined && holds(limit.aim) ? 'ok, aim met' : 'ok'
}
