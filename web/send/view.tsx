import './send.css'
import { useState } from 'react'
import { Copyable } from '../parts/copyable.tsx'
import { useServerAddress } from '../parts/serverAddress.ts'
import { useTitle } from '../parts/useTitle.ts'
import { hashOf } from '../route.ts'
import { useSession } from '../session/useSession.ts'
import { replaceHash } from '../useRoute.ts'
import { Arrival } from './arrival.tsx'
import { keyFault } from './keyFault.ts'
import { snippetsOf } from './snippets.ts'
import { Tabs } from './tabs.tsx'

export default function SendView({ serviceKey: given }: { serviceKey: string | null }) {
  useTitle('Send a heartbeat')
  const [typed, setTyped] = useState(given ?? 'my-service')
  const address = useServerAddress()
  const isKeyNeeded = useSession().data?.key_needed ?? false
  const serviceKey = typed.trim()
  const fault = keyFault(serviceKey)
  const snippets = snippetsOf({ address, serviceKey, isKeyNeeded })
  const type = (text: string) => {
    setTyped(text)
    replaceHash(hashOf('send', text.trim()))
  }
  return (
    <div className="send">
      <h1>Send a heartbeat</h1>
      <p className="soft">
        The first one registers the service, and after four its rhythm is known. There is no schedule to enter.
      </p>
      <section className="sheet send-key" aria-label="The service">
        <label className="field">
          <span>Key of the service</span>
          <input
            className="mono"
            dir="auto"
            value={typed}
            spellCheck={false}
            autoComplete="off"
            aria-describedby="key-fault"
            onChange={({ target }) => type(target.value)}
          />
        </label>
        <p id="key-fault" className="fault" role="alert">
          {fault}
        </p>
        {fault === null && <Arrival key={serviceKey} serviceKey={serviceKey} />}
      </section>
      <Tabs
        label="Ways to send a heartbeat"
        tabs={snippets.map(({ name, about, text }) => ({
          name,
          content: (
            <>
              <p className="soft">{about}</p>
              <Copyable text={text} label={name} />
            </>
          ),
        }))}
      />
      <p className="soft">
        {isKeyNeeded && 'SERVICE_REGISTRY_KEY is a key of this monitor. '}
        An answer of 200 means that the heartbeat is stored. 503 means that it may not be stored: send it again, which
        does no harm.
      </p>
    </div>
  )
}
