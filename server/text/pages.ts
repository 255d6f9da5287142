import { cut } from './words.ts'

/** Fills pages of at most `limit` UTF-16 units, at least one page. Only a line that is longer than a page is cut. */
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
