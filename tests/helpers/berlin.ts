import type { TestApp } from './app.ts'
import { textsOf } from './told.ts'

/** A moment by Berlin's clock, e.g. `2026-10-25T02:15`. Of two that read alike it is the first. */
export const inBerlin = (local: string): number =>
  Date.parse(Temporal.PlainDateTime.from(local).toZonedDateTime('Europe/Berlin').toInstant().toString())

/** Messages as people see them, each with its moment before it. */
export const timeline = (told: TestApp['told']): string[] =>
  textsOf(told).map((text, index) => `${told[index]?.data.at}\n${text}`)
