import { onTestFinished } from 'vitest'
import type { ServiceNews } from '../../server/live/news.ts'
import type { Transition } from '../../server/status/history.ts'

interface Kinds {
  onTransition: Transition
  onHeartbeat: ServiceNews
}

interface Event<T> {
  event: string
  id: string | undefined
  data: T
}

export interface Events<T> {
  /** Waits for the next message; pings and the event that says the stream is open are skipped. */
  next(): Promise<{ id: string | undefined; data: T }>
  /** Waits until the connection ends. @returns the events until then */
  rest(): Promise<Event<unknown>[]>
  leave(): void
}

/** Opens a stream of server-sent events, as a browser's EventSource does. */
export async function watchEvents<K extends keyof Kinds>(
  app: { url: string },
  kind: K,
  { input, headers = {} }: { input?: object; headers?: Record<string, string> } = {},
): Promise<Events<Kinds[K]>> {
  const leaving = new AbortController()
  onTestFinished(() => leaving.abort())
  const query = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''
  const accept = { Accept: 'text/event-stream' }
  const response = await fetch(`${app.url}/trpc/${kind}${query}`, {
    headers: { ...accept, ...headers },
    signal: leaving.signal,
  })
  if (!response.ok || !response.body) throw new Error(`${kind} got ${response.status}: ${await response.text()}`)
  const events = parse(response.body)
  await events.next()
  return {
    async next() {
      for await (const { event, id, data } of { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) }) {
        if (event === 'message') return { id, data: data as Kinds[K] }
        if (event === 'serialized-error') throw new Error((data as { message: string }).message)
      }
      throw new Error('the line broke')
    },
    rest: () => Array.fromAsync(events),
    leave: () => leaving.abort(),
  }
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<Event<unknown>> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]))
      const data = fields.get('data')
      if (fields.size > 0 && data !== undefined) {
        yield { event: fields.get('event') ?? 'message', id: fields.get('id'), data: data && JSON.parse(data) }
      }
    }
  }
}
