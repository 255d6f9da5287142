import { roughly } from '../../server/text/time.ts'
import type { Outputs } from '../live/answers.ts'
import { Scrolling } from '../parts/scrolling.tsx'
import { Moment, precisions } from '../time/time.tsx'

/** The times in which the monitor itself was not listening. */
export function Outages({ monitor: { outages } }: { monitor: Outputs['monitor'] }) {
  return (
    <section className="sheet" aria-labelledby="outages">
      <h2 id="outages">Outages of the monitor</h2>
      <p className="soft">Times in which the monitor was not listening. They do not count as silence of any service.</p>
      {outages.length === 0 ? (
        <p className="notice">None.</p>
      ) : (
        <Scrolling label="Outages">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col">Lasted</th>
              </tr>
            </thead>
            <tbody>
              {outages.map((outage) => (
                <Outage key={outage.from} outage={outage} />
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </section>
  )
}

function Outage({ outage: { from, to, seconds } }: { outage: Outputs['monitor']['outages'][number] }) {
  const [fromPrecision, toPrecision] = precisions([from, to])
  return (
    <tr>
      <td>
        <Moment at={from} precision={fromPrecision} />
      </td>
      <td>
        <Moment at={to} precision={toPrecision} />
      </td>
      <td>{roughly(seconds * 1_000)}</td>
    </tr>
  )
}
