import type { HeartbeatKind } from '../../db/schema.ts'
import type { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'

/** A heartbeat, or another signal of a job, on its way into the database. */
export interface Signal {
  key: string
  kind: HeartbeatKind
  /** When it was received, in epoch milliseconds. */
  at: number
  runId?: string | undefined
  durationMs?: number | undefined
  /** JSON text. */
  details: string | null
  /** JSON text. */
  metadata: string | null
  caller: Caller
  /** Set once it is stored: the service's own key, also where the signal came under an alias. */
  storedAs?: string
  /** Set if the caller may not send it. */
  refusal?: CallerError
}
