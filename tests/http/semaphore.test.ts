import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { expect, test } from 'vitest'
import { createSemaphore, shareTurn } from '../../server/http/semaphore.ts'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp } from '../helpers/app.ts'
import { SECOND } from '../helpers/clock.ts'
import { beatAll } from '../helpers/rhythm.ts'

/** Makes work that waits for the event loop, and notes in which order it began and how much ran at once. */
function createWork() {
  const seen: string[] = []
  let [atOnce, most] = [0, 0]
  const work = (name: string) => async () => {
    seen.push(name)
    atOnce += 1
    most = Math.max(most, atOnce)
    await turnOfTheLoop()
    atOnce -= 1
    return name
  }
  return { seen, work, most: () => most }
}

test('as many as allowed work at once, in the order in which they came', async () => {
  const { seen, work, most } = createWork()
  const inTurn = createSemaphore(2)
  const names = ['a', 'b', 'c', 'd', 'e']
  expect(await Promise.all(names.map((name) => inTurn(work(name))))).toEqual(names)
  expect(seen).toEqual(names)
  expect(most()).toBe(2)
})

test('what takes no turns runs between any two that do, even if those wait for nothing', async () => {
  const inTurn = createSemaphore(1)
  const seen: string[] = []
  const asked = Array.from({ length: 3 }, (_, n) => inTurn(async () => seen.push(`question ${n}`)))
  const heard = async () => {
    for (let n = 0; n < 2; n++) {
      await turnOfTheLoop()
      seen.push('heard')
    }
  }
  await Promise.all([...asked, heard()])
  expect(seen).toEqual(['question 0', 'heard', 'question 1', 'heard', 'question 2'])
})

test('an error rejects only its own call, and the next has its turn', async () => {
  const inTurn = shareTurn(createSemaphore(1))
  const fault = inTurn(() => Promise.reject(new Error('broken')))
  const next = inTurn(async () => 'whole')
  await expect(fault).rejects.toThrow('broken')
  expect(await next).toBe('whole')
})

test('all calls that share a turn finish before the next turn begins', async () => {
  const { seen, work, most } = createWork()
  const turns = createSemaphore(1)
  const [first, second] = [shareTurn(turns), shareTurn(turns)]
  await Promise.all([first(work('a1')), second(work('b1')), first(work('a2')), second(work('b2'))])
  expect(seen).toEqual(['a1', 'a2', 'b1', 'b2'])
  expect(most()).toBe(1)
})

test('all that have waited for too long are refused together', async () => {
  let now = 0
  const inTurn = createSemaphore(1, () => now)
  const { promise: hanging, resolve: finish } = Promise.withResolvers<void>()
  const first = inTurn(() => hanging)
  const tooLate = inTurn(async () => 'late')
  const alsoTooLate = shareTurn(inTurn)(async () => 'late')
  now = 21 * SECOND
  const inTime = inTurn(async () => 'in time')
  finish()
  await first
  const refusal = { code: 'SERVICE_UNAVAILABLE', message: expect.stringMatching(/^more is asked than can be answered/) }
  await expect(tooLate).rejects.toMatchObject(refusal)
  await expect(alsoTooLate).rejects.toMatchObject(refusal)
  expect(await inTime).toBe('in time')
})

test('a batch is answered as far as its answers fit into memory together', async () => {
  const app = await startTestApp()
  await beatAll(
    app,
    Array.from({ length: 200 }, (_, n) => `service-${n}`),
  )
  const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${app.url}/trpc` })] })
  const asked = await Promise.allSettled(Array.from({ length: 100 }, () => client.status.query()))
  const answered = asked.filter(({ status }) => status === 'fulfilled').length
  expect(answered).toBeGreaterThan(30)
  expect(answered).toBeLessThan(90)
  expect(asked.slice(0, answered).every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(asked.at(-1)).toMatchObject({
    reason: {
      message: expect.stringMatching(/^the answers to this batch are more than fits into one/),
      data: { code: 'PAYLOAD_TOO_LARGE', httpStatus: 413 },
    },
  })
  expect((await client.status.query()).services).toHaveLength(200)
})
