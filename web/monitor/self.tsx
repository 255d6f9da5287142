import { roughly } from '../../server/text/time.ts'
import type { Outputs } from '../live/answers.ts'
import { Lasting, Moment, Until } from '../time/time.tsx'

export function Self({ monitor }: { monitor: Outputs['monitor'] }) {
  const { version, startedAt, database, storage, timezone, summary, backup, clockSkewSeconds } = monitor
  return (
    <dl className="facts sheet">
      <div>
        <dt>Version</dt>
        <dd>{version}</dd>
      </div>
      <div>
        <dt>Running</dt>
        <dd>
          <Lasting since={startedAt} />{' '}
          <span className="soft">
            since <Moment at={startedAt} />
          </span>
        </dd>
      </div>
      <div>
        <dt>Database</dt>
        <dd>
          {database}{' '}
          <span className="soft">
            {megabytes(storage.bytes)}; heartbeats are kept for {storage.retentionDays} days
          </span>
        </dd>
      </div>
      <div>
        <dt>Time zone</dt>
        <dd>{timezone}</dd>
      </div>
      <div>
        <dt>Next summary</dt>
        <dd>{summary.nextAt === null ? 'switched off' : <Until at={summary.nextAt} />}</dd>
      </div>
      {Math.abs(clockSkewSeconds) >= 1 && (
        <div>
          <dt>Clock</dt>
          <dd>
            {roughly(Math.abs(clockSkewSeconds) * 1000)} {clockSkewSeconds > 0 ? 'ahead of' : 'behind'} the database's{' '}
            <span className="soft">which counts; let NTP set both</span>
          </dd>
        </div>
      )}
      {backup && (
        <div>
          <dt>Last backup</dt>
          <dd>
            {backup.lastAt === null ? 'none yet' : <Moment at={backup.lastAt} />}{' '}
            <span className="soft">
              {backup.error === null ? (
                <>
                  next <Until at={backup.nextAt} />
                </>
              ) : (
                `the newest attempt failed: ${backup.error}`
              )}
            </span>
          </dd>
        </div>
      )}
    </dl>
  )
}

const inMegabytes = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 0 })

const megabytes = (bytes: number) => inMegabytes.format(bytes / 1e6)
