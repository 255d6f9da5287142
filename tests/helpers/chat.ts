import type { Channel } from '../../server/delivery/channel.ts'
import type { AlertAction, Delivery, Outgoing } from '../../server/delivery/notifier.ts'

interface Said {
  id: string
  text: string
  actions: readonly AlertAction[] | undefined
  replyTo: string | undefined
}

/** A chat in which messages can be answered and edited, as people see it now. */
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
    /** Where each message went. */
    addresses,
    /** What each attempt of an edit was to say. */
    edits,
    texts: () => said.map(({ text }) => text),
    /** What becomes of the next messages, one each. */
    onSend: (...next: Delivery[]) => sendOutcomes.push(...next),
    /** What becomes of the next edits, one each. */
    onEdit: (...next: Delivery[]) => outcomes.push(...next),
  }
}
