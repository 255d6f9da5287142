import { roughly } from '../../server/text/time.ts'
import type { Outputs } from '../live/answers.ts'
import { Moment, precisions } from '../time/time.tsx'

/** Says why a service has its status. */
export function Explain({ explanation }: { explanation: Outputs['explain'] }) {
  const { service, reasons, gapsSeconds, deadline, deadAt, silenceSince, excludedOutages } = explanation
  return (
    <section className="sheet explain" aria-labelledby="explain">
      <h2 id="explain">Why it is {service.paused ? 'paused' : service.status}</h2>
      <ul className="reasons">
        {reasons.map((reason) => (
          <li key={reason} dir="auto">
            {reason}
          </li>
        ))}
      </ul>
      <dl className="pairs">
        <dt>Silence counts from</dt>
        <dd>
          <Moment at={silenceSince} />
        </dd>
        {deadline !== null && (
          <>
            <dt>Down after</dt>
            <dd>
              <Moment at={deadline} />
            </dd>
          </>
        )}
        {deadAt !== null && (
          <>
            <dt>Dead after</dt>
            <dd>
              <Moment at={deadAt} />
            </dd>
          </>
        )}
        {excludedOutages.map(({ from, to }) => (
          <Excluded key={from} from={from} to={to} />
        ))}
        {gapsSeconds.length > 0 && (
          <>
            <dt>Newest gaps</dt>
            <dd>
              {gapsSeconds
                .slice(0, 10)
                .map((gap) => roughly(gap * 1_000))
                .join(', ')}
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Excluded({ from, to }: { from: string; to: string }) {
  const [fromPrecision, toPrecision] = precisions([from, to])
  return (
    <>
      <dt>Not counted</dt>
      <dd>
        <Moment at={from} precision={fromPrecision} /> to <Moment at={to} precision={toPrecision} />: the monitor was
        not listening
      </dd>
    </>
  )
}
