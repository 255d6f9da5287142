import type { AlertAction, Outgoing } from '../../server/delivery/notifier.ts'
import { encode, type Verb } from '../callbackData.ts'

interface Button {
  text: string
  callback_data: string
}

/** The events of messages about what is down. */
const OF_OPEN_INCIDENTS: ReadonlySet<unknown> = new Set(['down', 'changed', 'reminder'])

/** The buttons under an alert, row by row. There are no rows if a person can do nothing about it. */
export function alertButtons({ id: alertId, data, actions = ['acknowledge', 'why', 'mute'] }: Outgoing): Button[][] {
  if (!OF_OPEN_INCIDENTS.has(data.event)) return []
  const button = (text: string, verb: Verb<'alert'>) => ({ text, callback_data: encode('alert', { verb, alertId }) })
  const isOne = (data.services as unknown[] | undefined)?.length === 1
  const acknowledge = [button(isOne ? '👀 Acknowledge' : '👀 Acknowledge all', 'ack')]
  const why = [button('Why', 'why')]
  const mute = [
    button(isOne ? '🔕 1 h' : '🔕 All 1 h', '1h'),
    button(isOne ? '🔕 Until it recovers' : '🔕 All until they recover', 'recovered'),
  ]
  const unmute = [button(isOne ? '🔔 Unmute' : '🔔 Unmute all', 'unmute')]
  const offered = (action: AlertAction, buttons: Button[]) => (actions.includes(action) ? buttons : [])
  const rows = [
    [...offered('acknowledge', acknowledge), ...offered('why', why)],
    [...offered('mute', mute), ...offered('unmute', unmute)],
  ]
  return rows.filter((row) => row.length > 0)
}
