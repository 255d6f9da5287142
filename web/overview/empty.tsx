import { Copyable } from '../parts/copyable.tsx'
import { useServerAddress } from '../parts/serverAddress.ts'
import { hashOf } from '../route.ts'
import { useSession } from '../session/useSession.ts'

export function Empty() {
  const address = useServerAddress()
  const header = useSession().data?.key_needed ? ' -H "X-Api-Key: $SERVICE_REGISTRY_KEY"' : ''
  return (
    <section className="sheet empty">
      <h1>No services yet</h1>
      <p>The first heartbeat of a service registers it; after four its rhythm is known. For example:</p>
      <Copyable text={`curl${header} -X POST '${address}/heartbeat?service_key=my-service'`} label="curl" />
      <p>
        <a className="button primary" href={hashOf('send')}>
          Send a first heartbeat
        </a>
      </p>
      <p className="soft">It appears here by itself.</p>
    </section>
  )
}
