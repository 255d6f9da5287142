import './keys.css'
import { useMutation, useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import type { Outputs } from '../live/answers.ts'
import { Fault } from '../parts/fault.tsx'
import { MutationFault } from '../parts/mutationFault.tsx'
import { Scrolling } from '../parts/scrolling.tsx'
import { Ago } from '../time/time.tsx'
import { NewKey } from './newKey.tsx'

/** The stored keys, for the owner. */
export default function Keys() {
  const keys = useQuery(trpc.keys.list.queryOptions())
  const valid = keys.data?.filter(({ revokedAt }) => revokedAt === null)
  return (
    <section className="sheet" aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <p className="soft">
        A ping key sends heartbeats, a read key sees everything but keys, and an admin key also changes everything.
      </p>
      <Fault of={keys} />
      {valid?.length === 0 && <p className="notice">There is no key besides the API_KEY of the server.</p>}
      {valid && valid.length > 0 && <Table keys={valid} />}
      <NewKey />
    </section>
  )
}

type Key = Outputs['keys']['list'][number]

function Table({ keys }: { keys: Key[] }) {
  return (
    <Scrolling label="Keys">
      <table>
        <thead>
          <tr>
            {['Name', 'Scope', 'Limited to', 'Last used'].map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <Row key={key.id} of={key} />
          ))}
        </tbody>
      </table>
    </Scrolling>
  )
}

function Row({ of: { id, name, scope, group, keyPrefix, lastUsedAt } }: { of: Key }) {
  const revoke = useMutation(trpc.keys.revoke.mutationOptions())
  const ask = () => {
    if (confirm(`Revoke the key "${name}"? It stops working at once, and this cannot be undone.`)) {
      revoke.mutate({ id })
    }
  }
  return (
    <tr>
      <td className="said">
        <bdi>{name}</bdi>
      </td>
      <td>{scope}</td>
      <td>
        {group !== null && <bdi>group {group} </bdi>}
        {keyPrefix !== null && <bdi>keys from {keyPrefix}…</bdi>}
      </td>
      <td>{lastUsedAt === null ? 'never' : <Ago at={lastUsedAt} />}</td>
      <td>
        <button type="button" className="button quiet" disabled={revoke.isPending} onClick={ask}>
          Revoke<span className="unseen"> {name}</span>
        </button>
        <MutationFault of={[revoke]} />
      </td>
    </tr>
  )
}
