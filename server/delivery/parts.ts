import type { Json } from '../../db/schema.ts'
import { pagesOf } from '../text/pages.ts'

type Data = { [key: string]: Json }

/** A letter is a message as it is composed, before it is split into parts that channels can take. */
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

/** UTF-16 units in one part. The narrowest channel takes 4,096; the rest is for the part number and "repeated". */
const LONGEST_PART = 3_900

/** Splits a letter between lines. The `data` of a line goes into the part that holds the line, under `services`. */
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

/** The title of a part, e.g. `… (2/3)`; a single part keeps the title as it is. */
export const numbered = (title: string, part: number, parts: number): string =>
  parts === 1 ? title : `${title} (${part}/${parts})`
