import { clearAttentions, noteAttentions } from '../../db/attentions.ts'
import type { Trx } from '../../db/schema.ts'
import type { Change } from '../lifecycle/transition.ts'
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
  const attention = last.kind === 'attention' ? { at: last.at, note: messageOf(last) } : null
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

/** The message of a failing job. It becomes the note of the incident that it opens. */
export function noteOf(signal: Signal, { reason }: Change): string | null {
  return reason === 'fail' ? messageOf(signal) : null
}

const LONGEST_NOTE = 500

function messageOf({ details }: Signal): string | null {
  if (details === null) return null
  const { message, exitCode } = JSON.parse(details) as { message?: string; exitCode?: number }
  const said = message?.trim() || (exitCode === undefined ? '' : `exit code ${exitCode}`)
  return said === '' ? null : said.slice(0, LONGEST_NOTE).toWellFormed()
}
