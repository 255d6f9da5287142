import type { Channel } from '../../server/delivery/channel.ts'
import type { AlertAction, Delivery, Outgoing } from '../../server/delivery/notifier.ts'

interface Said {
  id: string
  text: string
  actions: readonly AlertAction[] | undefined
  replyTo: string | undefined
}

/** Makes a channel to a chat that shows messages as people see them: answers and edits included. */
export function createChat(address = '7') {
  const said: Said[] = []
  const edits: string[] = []
  const outcomes: Delivery[] = []
  const sendOutcomes: Delivery[] = []
  const addresses: string[] = []
  const shown = ({ id, title, body, repeated, actions, replyTo }: Outgoing): Said => ({
    id,
    text: [title, body, repeated ? 'repeated' : ''].filter(Boolean).join('\n'),
    actions,
    replyTo,
  })
  const channel: Channel = {
    target: `telegram:${address}`,
    address,
    notifier: {
      async send(to, message) {
        const outcome = sendOutcomes.shift()
        if (outcome) return outcome
        addresses.push(to)
        said.push(shown(message))
        return { outcome: 'sent', reference: String(said.length) }
      },
      async edit(_to, reference, message) {
        const outcome = outcomes.shift()
        const { text, actions } = shown(message)
        edits.push(text)
        if (outcome) return outcome
        Object.assign(said[Number(reference) - 1] as Said, { text, actions })
        return { outcome: 'sent' }
      },
    },
  }
  return {
    channel,
    said,
    /** The chat that each message was sent to. */
    addresses,
    /** The text of each attempted edit. */
    edits,
    texts: () => said.map(({ text }) => text),
    /** Plans the outcomes of the next messages, one each. */
    onSend: (...next: Delivery[]) => sendOutcomes.push(...next),
    /** Plans the outcomes of the next edits, one each. */
    onEdit: (...next: Delivery[]) => outcomes.push(...next),
  }
}
