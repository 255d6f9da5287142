import type { Log } from '../log.ts'
import type { Notifier } from './notifier.ts'

/** For those who have set up neither a chat nor a webhook. */
export function createLogNotifier(log: Log): Notifier {
  return {
    async send(_address, { title, body }) {
      log.warn({ alert: body }, title)
      return { outcome: 'sent' }
    },
  }
}
