import type { Outputs } from '../live/answers.ts'
import { Scrolling } from '../parts/scrolling.tsx'
import { Ago, Until } from '../time/time.tsx'

/** The targets of messages, and what failed to reach them. */
export function Deliveries({ monitor: { deliveries } }: { monitor: Outputs['monitor'] }) {
  return (
    <section className="sheet" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {deliveries.length === 0 ? (
        <p className="notice">Alerts go to the log: neither a chat nor a webhook is set up.</p>
      ) : (
        <Scrolling label="Deliveries">
          <table>
            <thead>
              <tr>
                <th scope="col">Target</th>
                <th scope="col">Waiting</th>
                <th scope="col">Failed in the last day</th>
                <th scope="col">Last sent</th>
                <th scope="col">Last error</th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery) => (
                <Delivery key={delivery.target} delivery={delivery} />
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </section>
  )
}

function Delivery({ delivery }: { delivery: Outputs['monitor']['deliveries'][number] }) {
  const { target, isConfigured, pending, failedLastDay, lastSentAt, lastError, retryAt } = delivery
  return (
    <tr>
      <td>
        {target} {!isConfigured && <span className="soft">(no longer set up)</span>}
      </td>
      <td>{pending}</td>
      <td className={failedLastDay > 0 ? 'status-down' : undefined}>{failedLastDay}</td>
      <td>{lastSentAt === null ? 'never' : <Ago at={lastSentAt} />}</td>
      <td className="said">
        {lastError ?? '–'}
        {retryAt !== null && (
          <span className="soft">
            {' '}
            next attempt <Until at={retryAt} />
          </span>
        )}
      </td>
    </tr>
  )
}
