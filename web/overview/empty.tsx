import { hashOf } from '../route.ts'

export function Empty() {
  return (
    <section className="sheet empty">
      <h1>No services yet</h1>
      <p>The first heartbeat of a service registers it; after four its rhythm is known. For example:</p>
      <pre className="code">
        <code>curl -X POST '{location.origin}/heartbeat?service_key=my-service'</code>
      </pre>
      <p>
        <a className="button primary" href={hashOf('send')}>
          Send a first heartbeat
        </a>
      </p>
      <p className="soft">It appears here by itself.</p>
    </section>
  )
}
