import { cut } from './words.ts'

/** Fills pages of at most `limit` UTF-16 units with lines, which are cut only where one alone is longer. There is always a page. */
export function pagesOf<T extends { text: string }>(lines: readonly T[], limit: number): T[][] {
  const pages: T[][] = [[]]
  let left = limit
  for (const line of lines) {
    const text = cut(line.text, limit - 1)
    if (text.length + 1 > left && pages.at(-1)?.length) {
      pages.push([])
      left = limit
    }
    pages.at(-1)?.push({ ...line, text })
    left -= text.length + 1
  }
  return pages
}
