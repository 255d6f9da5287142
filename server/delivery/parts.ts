import type { Json } from '../../db/schema.ts'
import { pagesOf } from '../text/pages.ts'

type Data = { [key: string]: Json }

/** A message before it is known into how many parts it must be split. */
export interface Letter {
  event: string
  title: string
  lines: { text: string; data?: Data }[]
  data: Data
}

export interface Part {
  title: string
  body: string
  data: Data & { services: Data[] }
}

/** Fits into every channel, the narrowest of which takes 4,096, with the number of the part and the word that it is repeated. */
const LONGEST_PART = 3_900

/** Splits between lines. What a line says to programs goes with the part that the line is in, as `services`. */
export function partsOf({ event, title, lines, data }: Letter): Part[] {
  const pages = pagesOf(lines, LONGEST_PART - title.length)
  return pages.map((page, index) => ({
    title: numbered(title, index + 1, pages.length),
    body: page.map(({ text }) => text).join('\n'),
    data: {
      event,
      part: index + 1,
      parts: pages.length,
      ...data,
      services: page.flatMap((line) => (line.data ? [line.data] : [])),
    },
  }))
}

/** The title of a part: `… (2/3)`, or as it is where there is one. */
export const numbered = (title: string, part: number, parts: number): string =>
  parts === 1 ? title : `${title} (${part}/${parts})`
