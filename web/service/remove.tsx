import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { queryClient, trpc } from '../api.ts'
import { allServices } from '../live/queries.ts'
import { MutationFault } from '../parts/mutationFault.tsx'

/** Removes a service, after a question. */
export function Remove({ serviceKey, name }: { serviceKey: string; name: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const remove = useMutation(
    trpc.services.remove.mutationOptions({
      // The queries of this view would fail now, so they are not fetched again.
      meta: { isShownElsewhere: true },
      onSuccess() {
        location.hash = '#/'
        queryClient.invalidateQueries({ queryKey: allServices.queryKey })
      },
    }),
  )
  return (
    <div className="form">
      <h3>Remove</h3>
      <p className="soft">Its heartbeats and history go with it. The next heartbeat would register it anew.</p>
      <button type="button" className="button danger" onClick={() => dialog.current?.showModal()}>
        Remove…
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="remove-title">
        <h2 id="remove-title">
          Remove <bdi>{name}</bdi>?
        </h2>
        <p>All its data is deleted. This cannot be undone.</p>
        <MutationFault of={[remove]} />
        <form method="dialog" className="actions">
          <button type="submit" className="button">
            Keep it
          </button>
          <button
            type="button"
            className="button danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate({ serviceKey })}
          >
            Remove it
          </button>
        </form>
      </dialog>
    </div>
  )
}
