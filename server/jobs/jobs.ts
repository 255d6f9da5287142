import { fromPglite, PgBoss } from 'pg-boss'
import type { OpenDatabase } from '../../db/open.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createAlarm } from './alarm.ts'

const CHECK = 'check'

export interface JobsOptions {
  connection: OpenDatabase['jobsConnection']
  clock: Clock
  log: Log
  checkIntervalMs: number
  /** Looks for overdue services and tells when to look again. */
  check: () => Promise<number | null>
  /** Told after every check that this process ran. */
  onChecked?: (() => void) | undefined
}

export interface Jobs {
  /** Asks for a check at this moment, unless one is due before. */
  wakeAt(ms: number): void
  stop(): Promise<void>
}

/**
 * Starts the job queue. Each server's alarm asks for a check when a deadline passes; one of the servers takes the job.
 * Only one check waits at a time, and nothing waits for a check whose server has died.
 */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { connection, clock, log } = options
  const boss = new PgBoss({
    ...('url' in connection
      ? {
          connectionString: connection.url,
          max: 3,
          application_name: 'stillbeat-jobs',
          query_timeout: 15_000,
          keepAlive: true,
        }
      : { db: fromPglite(connection.pglite), backend: 'pglite' as const }),
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue has trouble with the database'))
  await boss.start()
  await boss.createQueue(CHECK, {
    policy: 'short',
    notify: true,
    retryLimit: 0,
    expireInSeconds: 60,
    deleteAfterSeconds: 60,
    retentionSeconds: 600,
  })

  const alarm = createAlarm(clock, options.checkIntervalMs, async () => {
    await boss
      .send(CHECK, {})
      .catch((error) => log.warn({ err: error }, 'could not ask for a check; the next one is not far'))
  })
  await boss.work(CHECK, { batchSize: 1, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 30 }, async () => {
    const next = await options.check().catch((error) => {
      log.error({ err: error }, 'a check failed; the next one is not far')
      throw error
    })
    if (next !== null) alarm.wakeAt(next)
    options.onChecked?.()
  })
  await boss.send(CHECK, {})

  return {
    wakeAt: alarm.wakeAt,
    async stop() {
      alarm.stop()
      await boss.stop({ graceful: true, timeout: 3_000 })
    },
  }
}
