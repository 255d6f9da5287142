import { expect, test } from 'vitest'
import { createBatch } from '../server/heartbeat/batch.ts'

/** A write that the test lets through one at a time. */
function heldWrite() {
  const batches: string[][] = []
  const held: PromiseWithResolvers<void>[] = []
  return {
    batches,
    write: (items: string[]) => {
      batches.push(items)
      const hold = Promise.withResolvers<void>()
      held.push(hold)
      return hold.promise
    },
    letGo: async () => {
      await expect.poll(() => held.length).toBeGreaterThan(0)
      held.shift()?.resolve()
    },
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

test('what arrives while a write is under way shares the next one', async () => {
  const { batches, write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 3, queue: 10 })
  const all = [batch.add('a')]
  await nextTurn()
  for (const item of ['b', 'c', 'd', 'e']) all.push(batch.add(item))
  for (let write = 0; write < 3; write++) await letGo()
  await Promise.all(all)
  expect(batches).toEqual([['a'], ['b', 'c', 'd'], ['e']])
})

test('nobody is answered before his own write has ended', async () => {
  const { write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 10, queue: 10 })
  let answered = false
  const added = batch.add('a').then(() => {
    answered = true
  })
  await nextTurn()
  await nextTurn()
  expect(answered).toBe(false)
  await letGo()
  await added
})

test('an item that the database refuses fails alone', async () => {
  const stored: string[] = []
  const batch = createBatch<string>(
    async (items) => {
      if (items.includes('bad')) throw new Error('invalid input syntax')
      stored.push(...items)
    },
    { largest: 10, queue: 10 },
  )
  const results = await Promise.allSettled(['a', 'b', 'bad', 'c', 'd'].map((item) => batch.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(stored.sort()).toEqual(['a', 'b', 'c', 'd'])
})

test('when the database is away, all of a batch are told so at once', async () => {
  let writes = 0
  const batch = createBatch<string>(
    async () => {
      writes += 1
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
    { largest: 10, queue: 10 },
  )
  const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => batch.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(writes).toBe(1)
})

test('a full queue refuses with a cure', async () => {
  const { write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 1, queue: 2 })
  const all = [batch.add('a')]
  await nextTurn()
  all.push(batch.add('b'), batch.add('c'))
  await expect(batch.add('d')).rejects.toThrow('too many heartbeats are waiting')
  for (let write = 0; write < 3; write++) await letGo()
  await Promise.all(all)
})
