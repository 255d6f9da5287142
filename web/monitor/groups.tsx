import { useMutation, useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import type { Outputs } from '../live/answers.ts'
import { Fault } from '../parts/fault.tsx'
import { MutationFault } from '../parts/mutationFault.tsx'
import { hashOf } from '../route.ts'
import { useMayChange } from '../session/useSession.ts'

/** Switches the public page of each group on and off. */
export function Groups() {
  const groups = useQuery(trpc.groups.list.queryOptions())
  return (
    <section className="sheet" aria-labelledby="groups">
      <h2 id="groups">Public pages</h2>
      <p className="soft">
        A group that is public has a page for everybody, without a key: names and statuses, no keys, no metadata.
      </p>
      <Fault of={groups} />
      {groups.data?.groups.length === 0 && <p className="notice">No service is in a group yet.</p>}
      <ul className="groups">
        {groups.data?.groups.map((group) => (
          <Group key={group.group} group={group} />
        ))}
      </ul>
    </section>
  )
}

function Group({ group: { group, public: isPublic } }: { group: Outputs['groups']['list']['groups'][number] }) {
  const mayChange = useMayChange()
  const configure = useMutation(trpc.groups.configure.mutationOptions())
  return (
    <li>
      <label className="check">
        <input
          type="checkbox"
          checked={isPublic}
          disabled={!mayChange || configure.isPending}
          onChange={({ target }) => configure.mutate({ group, public: target.checked })}
        />
        <bdi>{group}</bdi>
      </label>
      {isPublic && <a href={hashOf('public', group)}>its page</a>}
      <MutationFault of={[configure]} />
    </li>
  )
}
