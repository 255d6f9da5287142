/** What the buttons under an alert ask for: seen it; why; mute it for an hour, or until it recovers; or not any more. */
const alertVerbs = ['ack', 'why', '1h', 'recovered', 'unmute'] as const
export type AlertVerb = (typeof alertVerbs)[number]

interface AlertPress {
  verb: AlertVerb
  /** As the procedures `alert`, `acknowledgeAlert` and `muteAlert` take it. */
  alertId: string
}

/** Telegram takes 64 bytes. */
export const alertData = ({ verb, alertId }: AlertPress) => `alert:${verb}:${alertId}`

export const isAlertVerb = (text: string): text is AlertVerb => alertVerbs.some((verb) => verb === text)
