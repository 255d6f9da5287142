import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const files = globSync('server/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }))

/** Matches parameter lists with both dependencies and a transaction, in whichever order. */
const WITH_TRX = /\((?=[^()]*\btrx: Trx\b)[^()]*(?:\bdeps|\}): (?<type>\w+(?:<[^>]*>)?)/g
/** Matches the beginning of a transaction's work, and captures the name of its dependencies. */
const WORK = /\binTransaction\(\s*(?<outer>\{ db \}|\w+),\s*(?:async )?\((?<inner>\w+), trx\)/g

test('a transaction begins in one place, which hides the database beside it', () => {
  const begun = files.filter(({ text }) => text.includes('.transaction()')).map(({ file }) => file)
  expect(begun).toEqual(['server/inTransaction.ts'])
})

test('its work hides the outer dependencies by the same name', () => {
  const found = files.flatMap(({ text }) => [...text.matchAll(WORK)].map(({ groups }) => groups))
  const calls = files.flatMap(({ text }) => text.match(/\binTransaction\((?!deps: D)/g) ?? [])
  expect(found).toHaveLength(calls.length)
  expect(found.filter((work) => work?.inner !== '_deps' && work?.inner !== work?.outer)).toEqual([])
})

test('a function that takes a transaction takes dependencies without the database', () => {
  const found = files.flatMap(({ file, text }) =>
    [...text.matchAll(WITH_TRX)].map(({ groups }) => ({ file, type: groups?.type ?? '' })),
  )
  expect(found.length).toBeGreaterThan(5)
  expect(found.filter(({ type }) => /^(Deps|Ground)$|^Pick<.*'db'/.test(type))).toEqual([])
})
