import type { Change } from '../lifecycle/transition.ts'

/** A change of status of one service, on its way into the database. */
export interface ServiceChange extends Change {
  serviceId: number
  /** The message of the job that failed. */
  note?: string | null
}
