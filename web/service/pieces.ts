interface Piece {
  /** The index of its first line. */
  from: number
  text: string
  isMarked: boolean
}

/** Marked lines, and the text between them. A mark is a block, so no line needs to end before it. */
export function piecesOf(lines: readonly string[], marked: ReadonlySet<number>): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const addText = (to: number) => {
    const between = lines.slice(from, to)
    // A blank line at the end would not be seen without its end.
    const end = between.at(-1) === '' ? '\n' : ''
    if (between.length > 0) pieces.push({ from, text: between.join('\n') + end, isMarked: false })
  }
  for (const index of [...marked].sort((a, b) => a - b)) {
    if (index < from) continue
    addText(index)
    pieces.push({ from: index, text: lines[index] ?? '', isMarked: true })
    from = index + 1
  }
  addText(lines.length)
  return pieces
}
