import { expect, test } from 'vitest'
import { createBatch } from '../../server/heartbeat/batch.ts'

interface Item {
  name: string
  at: number
}

const item = (name: string): Item => ({ name, at: name.charCodeAt(0) })

/** A write that waits until the test lets it end, one batch at a time. */
function heldWrite() {
  const batches: string[][] = []
  const held: PromiseWithResolvers<void>[] = []
  return {
    batches,
    write: (items: Item[]) => {
      batches.push(items.map(({ name }) => name))
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
  const all = [batch.add(item('a'))]
  await nextTurn()
  for (const name of ['b', 'c', 'd', 'e']) all.push(batch.add(item(name)))
  for (let write = 0; write < 3; write++) await letGo()
  await Promise.all(all)
  expect(batches).toEqual([['a'], ['b', 'c', 'd'], ['e']])
})

test('nobody is answered before his own write has ended', async () => {
  const { write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 10, queue: 10 })
  let answered = false
  const added = batch.add(item('a')).then(() => {
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
  const batch = createBatch<Item>(
    async (items) => {
      if (items.some(({ name }) => name === 'bad')) throw new Error('invalid input syntax')
      stored.push(...items.map(({ name }) => name))
    },
    { largest: 10, queue: 10 },
  )
  const results = await Promise.allSettled(['a', 'b', 'bad', 'c', 'd'].map((name) => batch.add(item(name))))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(stored.sort()).toEqual(['a', 'b', 'c', 'd'])
})

test.each([
  ['all of a batch are told so at once', 10],
  ['nobody waits for a write of his own to be told so', 1],
])('when the database is away, %s', async (_title, largest) => {
  let writes = 0
  const batch = createBatch<Item>(
    async () => {
      writes += 1
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
    { largest, queue: 10 },
  )
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => batch.add(item(name))))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(writes).toBe(1)
})

test('a full queue refuses with a cure', async () => {
  const { write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 1, queue: 2 })
  const all = [batch.add(item('a'))]
  await nextTurn()
  all.push(batch.add(item('b')), batch.add(item('c')))
  await expect(batch.add(item('d'))).rejects.toThrow('too many heartbeats are waiting')
  for (let write = 0; write < 3; write++) await letGo()
  await Promise.all(all)
})

test('large items count by their bytes, in a write as in the queue', async () => {
  const { batches, write, letGo } = heldWrite()
  const weight = { of: ({ name }: Item) => name.length, largest: 4, queue: 8 }
  const batch = createBatch(write, { largest: 10, queue: 10, weight })
  const all = [batch.add(item('first'))]
  await nextTurn()
  for (const name of ['aa', 'bb', 'ccccc']) all.push(batch.add(item(name)).catch(({ message }) => message))
  all.push(batch.add(item('d')))
  for (let write = 0; write < 3; write++) await letGo()
  expect(await Promise.all(all)).toEqual([
    undefined,
    undefined,
    undefined,
    expect.stringContaining('too many heartbeats are waiting'),
    undefined,
  ])
  expect(batches).toEqual([['first'], ['aa', 'bb'], ['d']])
})

test('it knows when the oldest item came that is not stored yet', async () => {
  const { write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 1, queue: 10 })
  expect(batch.oldestAt()).toBe(null)
  const all = [batch.add(item('a')), batch.add(item('b'))]
  expect(batch.oldestAt()).toBe(97)
  await letGo()
  await all[0]
  await nextTurn()
  expect(batch.oldestAt()).toBe(98)
  await letGo()
  await all[1]
  await expect.poll(() => batch.oldestAt()).toBe(null)
})

test('refuseAll tells all waiting callers, and later ones, to try again', async () => {
  const { batches, write, letGo } = heldWrite()
  const batch = createBatch(write, { largest: 1, queue: 10 })
  const waiting = [batch.add(item('a'))]
  await nextTurn()
  waiting.push(batch.add(item('b')))
  batch.refuseAll()
  waiting.push(batch.add(item('c')))
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  await letGo()
  await nextTurn()
  expect(batches).toEqual([['a']])
})
