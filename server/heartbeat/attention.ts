import { clearAttentions, noteAttentions } from '../../db/attentions.ts'
import type { Trx } from '../../db/schema.ts'
import { noteOf } from './note.ts'
import type { Signal } from './signal.ts'

/** A service's request that a person looks at it (`attention`); `null` if a success took the request back. */
interface AttentionChange {
  serviceId: number
  attention: { at: number; note: string | null } | null
}

/** The last request of a batch, or the success that took it back; empty if the batch has neither. */
export function attentionsOf({ known, signals }: { known: { id: number }; signals: Signal[] }): AttentionChange[] {
  const last = signals.findLast(({ kind }) => kind === 'attention' || kind === 'success')
  if (!last) return []
  const attention = last.kind === 'attention' ? { at: last.at, note: noteOf(last) } : null
  return [{ serviceId: known.id, attention }]
}

export async function storeAttentions(trx: Trx, changes: readonly AttentionChange[]): Promise<void> {
  await noteAttentions(
    trx,
    changes.flatMap(({ serviceId, attention }) => (attention ? { serviceId, ...attention } : [])),
  )
  await clearAttentions(
    trx,
    changes.filter(({ attention }) => attention === null).map(({ serviceId }) => serviceId),
  )
}
