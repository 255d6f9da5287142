import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Matches parameter lists with both dependencies and a transaction. */
const WITH_TRX = /(?:\bdeps|\}): (?<type>[^,()]+(?:<[^>]*>)?),\s*trx: Trx\b/g

test('code inside a transaction cannot see the database beside it', () => {
  const found = globSync('server/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(WITH_TRX)].map(({ groups }) => ({ file, type: groups?.type })),
  )
  expect(found.length).toBeGreaterThan(5)
  expect(found.filter(({ type }) => type === 'Deps' || type === 'Ground' || type?.includes("'db'"))).toEqual([])
})
