import { roughly } from '../../server/text/time.ts'
import type { Outputs } from '../live/answers.ts'
import { Ago, Moment, Rhythm, Until } from '../time/time.tsx'

/** The measured figures of a service in one line. */
export function Facts({ explanation }: { explanation: Outputs['explain'] }) {
  const { service, limitSeconds, deadline } = explanation
  return (
    <dl className="facts sheet">
      <div>
        <dt>Last heartbeat</dt>
        <dd>{service.lastHeartbeat === null ? 'none yet' : <Ago at={service.lastHeartbeat} />}</dd>
      </div>
      <div>
        <dt>Rhythm</dt>
        <dd>
          <Rhythm of={service} />
        </dd>
      </div>
      <div>
        <dt>Allowed silence</dt>
        <dd>{limitSeconds === null ? '–' : roughly(limitSeconds * 1_000)}</dd>
      </div>
      <div>
        <dt>Next deadline</dt>
        <dd>{deadline === null ? '–' : <Deadline at={deadline} />}</dd>
      </div>
      <div>
        <dt>Heartbeats</dt>
        <dd>{service.heartbeatCount.toLocaleString()}</dd>
      </div>
    </dl>
  )
}

const Deadline = ({ at }: { at: string }) => (
  <>
    <Until at={at} />{' '}
    <span className="soft">
      (<Moment at={at} />)
    </span>
  </>
)
