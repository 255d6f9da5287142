import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { trpc } from '../api.ts'
import type { Inputs } from '../live/answers.ts'
import { Copyable } from '../parts/copyable.tsx'
import { MutationFault } from '../parts/mutationFault.tsx'

type Wanted = Inputs['keys']['create']

/** Creates a key, and shows its secret until the next one is created or the view is left. */
export function NewKey() {
  const [scope, setScope] = useState<Wanted['scope']>('ping')
  const create = useMutation(trpc.keys.create.mutationOptions())
  const submit = (form: FormData) => {
    const text = (field: string) => String(form.get(field) ?? '').trim() || null
    create.mutate({ name: text('name') ?? '', scope, group: text('group'), keyPrefix: text('keyPrefix') })
  }
  return (
    <form
      className="new-key"
      onSubmit={(event) => {
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      <h3>New key</h3>
      <div className="new-key-fields">
        <label className="field">
          <span>Where it is used</span>
          <input name="name" dir="auto" maxLength={100} required />
        </label>
        <label className="field">
          <span>Scope</span>
          <select value={scope} onChange={({ target }) => setScope(target.value as Wanted['scope'])}>
            <option value="ping">ping: sends heartbeats</option>
            <option value="read">read: sees everything</option>
            <option value="admin">admin: changes everything</option>
          </select>
        </label>
        {scope === 'ping' && (
          <>
            <label className="field">
              <span>Only services of the group</span>
              <input name="group" dir="auto" maxLength={100} placeholder="any" />
            </label>
            <label className="field">
              <span>Only services whose keys begin with</span>
              <input name="keyPrefix" dir="auto" maxLength={200} placeholder="anything" />
            </label>
          </>
        )}
      </div>
      <MutationFault of={[create]} />
      <div className="actions">
        <button type="submit" className="button" disabled={create.isPending}>
          Make it
        </button>
      </div>
      {create.data && (
        <div role="status">
          <p>
            The secret of <bdi>{create.data.name}</bdi>. It is shown only once:
          </p>
          <Copyable text={create.data.secret} label="Secret of the new key" />
        </div>
      )}
    </form>
  )
}
