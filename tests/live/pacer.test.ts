import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createPacer, createSharedReads } from '../../server/live/pacer.ts'

test('those who wait go on in their order, one in each turn of the event loop', async () => {
  const pace = createPacer()
  const seen: string[] = []
  const walk = async (name: string) => {
    for (let step = 1; step <= 2; step++) {
      await pace()
      seen.push(`${name}${step}`)
    }
  }
  const others = async () => {
    for (let n = 0; n < 2; n++) {
      await turnOfTheLoop()
      seen.push('heard')
    }
  }
  await Promise.all([walk('a'), walk('b'), others()])
  expect(seen.filter((one) => one !== 'heard')).toEqual(['a1', 'b1', 'a2', 'b2'])
  expect(seen.indexOf('heard')).toBeLessThan(2)
})

test('who asks for the same before it is read shares the read, and who asks later has a new one', async () => {
  let reads = 0
  const { promise: hanging, resolve: finish } = Promise.withResolvers<void>()
  const read = createSharedReads(async (key: string) => {
    reads += 1
    if (key === 'slow') await hanging
    return `${key} ${reads}`
  })
  const slow = read('slow')
  const together = [read('a'), read('a'), read('b')]
  await turnOfTheLoop()
  await turnOfTheLoop()
  expect(reads).toBe(1)
  const late = read('slow')
  finish()
  expect(await Promise.all([slow, ...together, late])).toEqual(['slow 1', 'a 2', 'a 2', 'b 3', 'slow 4'])
})

test('an error reaches those who shared the read, and the next read goes on', async () => {
  const read = createSharedReads(async (key: string) => {
    if (key === 'broken') throw new Error('broken')
    return key
  })
  const [first, second, next] = await Promise.allSettled([read('broken'), read('broken'), read('whole')])
  expect([first.status, second.status]).toEqual(['rejected', 'rejected'])
  expect(next).toMatchObject({ value: 'whole' })
})
