import type { Notifier } from './notifier.ts'

/** Where alerts and summaries go. */
export interface Channel {
  /** Its name in the database, free of secrets: `telegram:-100123`, `webhook`, `log`. */
  target: string
  /** What the notifier needs to find it. */
  address: string
  notifier: Notifier
}
