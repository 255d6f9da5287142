import { fromKysely, type PgBoss } from 'pg-boss'
import type { Trx } from '../../db/schema.ts'
import type { Absence } from '../absence.ts'
import { type Alarm, createAlarm } from '../alarm.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** Does a job. It returns when to run next, in epoch milliseconds; `null` if it does not know. */
export type Handler = () => Promise<number | null>

export interface QueueOptions {
  clock: Clock
  log: Log
  absence: Absence
  checkIntervalMs: number
}

/** The queue of one kind of job, which any of the servers may take. */
export interface Queue {
  /** Queues the job at a moment, unless it is due earlier. */
  wakeAt(ms: number): void
  /** Queues the job as part of a transaction: some server runs it once that has committed. */
  after(trx: Trx): Promise<void>
  connect(boss: PgBoss, handler: Handler): Promise<void>
  begin(): Promise<void>
  /** Queues nothing more at a moment. */
  end(): void
  /** Forgets a connection that came to nothing. */
  disconnect(): void
}

const TRY_AGAIN_AFTER_MS = 5_000

interface Kind {
  name: string
  policy: 'short' | 'standard'
  atLeastEveryMs?: number
  /** After this the queue gives the job up, and another one may begin. */
  longestSeconds?: number
}

export function createQueue(
  { clock, log, absence, checkIntervalMs }: QueueOptions,
  { name, policy, atLeastEveryMs = checkIntervalMs, longestSeconds = 60 }: Kind,
): Queue {
  let connected: { boss: PgBoss; handler: Handler; alarm: Alarm } | null = null

  const tryAgain = () => connected?.alarm.wakeAt(clock.now() + TRY_AGAIN_AFTER_MS)

  async function ask(): Promise<void> {
    await connected?.boss.send(name, {}).catch((error) => {
      absence.noted(error, `could not ask for a job "${name}"; it is asked for again soon`)
      tryAgain()
    })
  }

  async function run(handler: Handler): Promise<void> {
    const next = await handler().catch((error) => {
      absence.noted(error, `a job "${name}" failed; it is tried again soon`, 'error')
      tryAgain()
      throw error
    })
    log.debug({ next: next === null ? null : new Date(next).toISOString() }, `job "${name}" is done`)
    if (next !== null) connected?.alarm.wakeAt(next)
  }

  return {
    wakeAt: (ms) => connected?.alarm.wakeAt(ms),
    async after(trx) {
      await connected?.boss.send(name, {}, { db: fromKysely(trx) })
    },
    async connect(boss, handler) {
      await boss.createQueue(name, {
        policy,
        notify: true,
        retryLimit: 0,
        expireInSeconds: longestSeconds,
        deleteAfterSeconds: 60,
        retentionSeconds: 600,
      })
      connected = { boss, handler, alarm: createAlarm(clock, atLeastEveryMs, ask) }
    },
    async begin() {
      if (!connected) return
      const { boss, handler } = connected
      const poll = { batchSize: 100, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 15 }
      await boss.work(name, poll, () => run(handler))
      await ask()
    },
    end() {
      connected?.alarm.stop()
    },
    disconnect() {
      connected?.alarm.stop()
      connected = null
    },
  }
}
