import { delayEdits, dropEdit, type Edit, finishEdit } from '../../db/edits.ts'
import type { Trx } from '../../db/schema.ts'
import { moveTarget } from '../../db/targets.ts'
import type { Ground } from '../ground.ts'
import { messageId } from './messageId.ts'
import type { Delivery, Notifier, Outgoing } from './notifier.ts'
import { type Settlement, settlementOf } from './settlement.ts'

export interface EditDeps extends Pick<Ground, 'clock' | 'log'> {
  /** Rewrites a sent message to show the present state, in at most `longest` UTF-16 units. */
  amended: (edit: Edit, longest: number) => Promise<Pick<Outgoing, 'title' | 'body' | 'actions'>>
}

/** Edits a sent message once, so that it shows what has become of its incidents. */
export async function attemptEdit(
  deps: EditDeps,
  edit: Edit & { failures: number },
  to: string,
  notifier: Pick<Required<Notifier>, 'edit'> & Pick<Notifier, 'longestMessage'>,
): Promise<Settlement> {
  // A group that becomes a supergroup gets new message numbers, so the old reference is worthless.
  const isThere = edit.sent_to === to
  const delivery: Delivery = isThere
    ? await notifier.edit(to, edit.reference, await outgoing(deps, edit, notifier.longestMessage))
    : { outcome: 'refused', reason: 'it is in a chat that has moved', permanent: true }
  const settlement = settlementOf(
    { repeated: false, failures: edit.failures, copies: 0, refusals: 0 },
    to,
    delivery,
    deps.clock.now(),
  )
  deps.log.debug({ target: edit.target, ...settlement }, `edit of: ${edit.title}`)
  return settlement
}

async function outgoing({ amended }: EditDeps, edit: Edit, longest = Number.POSITIVE_INFINITY): Promise<Outgoing> {
  return { id: messageId(edit), repeated: false, data: edit.data, ...(await amended(edit, longest)) }
}

/** Stores the outcome of an edit. A failed edit is no failure of its target, so it never delays messages. */
export async function storeEdit(trx: Trx, settlement: Settlement, edit: Edit): Promise<void> {
  switch (settlement.kind) {
    case 'sent':
      await finishEdit(trx, edit)
      break
    case 'waits':
      await delayEdits(trx, edit.target, settlement.retryAt)
      break
    case 'moved':
      await moveTarget(trx, edit.target, settlement.to)
      await dropEdit(trx, edit)
      break
    case 'givenUp':
    case 'failed':
      await dropEdit(trx, edit)
  }
}
