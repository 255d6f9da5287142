import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** A load of many callers: each sends heartbeats as fast as they are answered, and goes on after failures. */
export interface Load {
  answered(): number
  /** How many requests were refused or not answered. */
  unanswered(): number
  /** The statuses of answers other than 200 and 503. */
  strange: number[]
  /** Stops the load, and counts the answered heartbeats that are not in the database. */
  lost(databaseUrl: string): Promise<number>
  stop(): Promise<void>
}

export interface LoadOptions {
  callers?: number
  /** The JSON body of each heartbeat. */
  body?: string
  prefix?: string
  /** How long a caller waits after a failure. */
  patienceMs?: number
}

/** A timeout, longer than any server lets a caller wait. */
const LONGEST_ANSWER_MS = 40_000

export function startLoad(
  urls: () => readonly string[],
  { callers = 8, body, prefix = 'load', patienceMs = 100 }: LoadOptions = {},
): Load {
  const answered: string[] = []
  const strange: number[] = []
  let unanswered = 0
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })

  async function call(caller: number): Promise<void> {
    const key = `${prefix}-${caller}`
    for (let turn = caller; !isOver; turn++) {
      const at = await beat(urls()[turn % urls().length], key)
      if (at !== null) answered.push(`${key} ${at}`)
      else {
        unanswered += 1
        await sleep(patienceMs)
      }
    }
  }

  async function beat(url: string | undefined, key: string): Promise<number | null> {
    const response = await fetch(`${url}/heartbeat/${key}`, {
      method: 'POST',
      signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
      ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
    }).catch(() => undefined)
    if (response && response.status !== 200 && response.status !== 503) strange.push(response.status)
    const told = (await response?.json().catch(() => undefined)) as { timestamp: string } | undefined
    return response?.status === 200 && told ? Date.parse(told.timestamp) : null
  }

  const all = Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  const stop = async () => {
    isOver = true
    await all
  }
  return {
    answered: () => answered.length,
    unanswered: () => unanswered,
    strange,
    stop,
    async lost(databaseUrl) {
      await stop()
      const stored = new Map<string, number>()
      for (const { name, times } of await heartbeatsOf(databaseUrl, prefix)) stored.set(name, times)
      return answered.filter((name) => {
        const left = stored.get(name) ?? 0
        stored.set(name, left - 1)
        return left <= 0
      }).length
    },
  }
}

const heartbeatsOf = (databaseUrl: string, prefix: string) =>
  query<{ name: string; times: number }>(
    databaseUrl,
    `select s.key || ' ' || h.at as name, count(*)::int as times
     from heartbeats h join services s on s.id = h.service_id where s.key like '${prefix}-%' group by 1`,
  )

export async function query<T extends object>(databaseUrl: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(statement)).rows
  } finally {
    await client.end()
  }
}

/** Prints the figures of a fault test in one line. */
export function report(name: string, figures: Record<string, number | string>): void {
  const told = Object.entries(figures).map(([what, figure]) => `${what} ${figure}`)
  process.stdout.write(`faults: ${name}: ${told.join(', ')}\n`)
}
