import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createInbox } from '../../server/live/inbox.ts'
import { pulledAhead } from '../../server/live/pulledAhead.ts'

test('a slow reader finds the newest of each subject, and nothing that it replaced', async () => {
  const inbox = createInbox<string, number>()
  for (let news = 0; news < 1_000; news++) inbox.put(news % 2 === 0 ? 'even' : 'odd', news)
  expect([await inbox.take(), await inbox.take()]).toEqual([998, 999])
  const next = inbox.take()
  inbox.put('even', 1_000)
  expect(await next).toBe(1_000)
})

test('a closed inbox rejects its reader with an AbortError', async () => {
  const inbox = createInbox<string, number>()
  const waiting = inbox.take()
  inbox.close()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  await expect(inbox.take()).rejects.toMatchObject({ name: 'AbortError' })
})

test('an event that was requested ahead and dropped causes no unhandled rejection', async () => {
  const inbox = createInbox<string, number>()
  async function* numbers() {
    while (true) yield await inbox.take()
  }
  const reader = pulledAhead(numbers())[Symbol.asyncIterator]()
  const forgotten = reader.next()
  inbox.close()
  // Node reports unhandled rejections now, and vitest fails for any.
  await turn()
  await expect(forgotten).rejects.toMatchObject({ name: 'AbortError' })
})
