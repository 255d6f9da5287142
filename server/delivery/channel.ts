import type { Notifier } from './notifier.ts'

/** A place that alerts and summaries are sent to: a chat, the webhook, or the log. */
export interface Channel {
  /** Its name in the database, free of secrets: `telegram:-100123`, `webhook`, `log`. */
  target: string
  /** What the notifier sends to: the id of a chat, or a URL. */
  address: string
  notifier: Notifier
}
