import type { HeartbeatKind } from '../../db/schema.ts'
import type { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'

/** One heartbeat, or richer signal, on its way into the database. */
export interface Signal {
  key: string
  kind: HeartbeatKind
  at: number
  /** JSON text. */
  details: string | null
  /** JSON text. */
  metadata: string | null
  caller: Caller
  /** Set once it is stored: the service's own key, where the signal came under an alias. */
  storedAs?: string
  /** Set where the caller may not send it. */
  refusal?: CallerError
}
