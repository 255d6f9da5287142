import type { Log } from '../log.ts'
import type { Notifier } from './notifier.ts'

/** Writes messages to the log, for a server that has neither a chat nor a webhook. */
export function createLogNotifier(log: Log): Notifier {
  return {
    async send(_address, { title, body }) {
      log.warn({ alert: body }, title)
      return { outcome: 'sent' }
    },
  }
}
