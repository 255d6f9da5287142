import type { Json } from '../../db/schema.ts'

/** One message, or one part of a message that was too long for one; the same for every channel. */
export interface Outgoing {
  /** The same at every attempt, so that a receiver can tell a repetition. */
  id: string
  /** The first line, bold where that is possible. Plain text, like the body. */
  title: string
  /** The other lines, or an empty text. */
  body: string
  /** An earlier attempt may have arrived: nobody knows, its answer was lost. */
  repeated: boolean
  /** The same for programs, in snake_case. */
  data: { [key: string]: Json }
  /** What of it is left to do for a person, if not everything; nothing once it is over. */
  actions?: readonly AlertAction[]
  /** What the other side calls the message that this one answers, see `Delivery`. */
  replyTo?: string
}

export type AlertAction = 'acknowledge' | 'why' | 'mute' | 'unmute'

/** What became of one attempt. */
export type Delivery =
  /** `reference`: what the other side calls it there, where it can be answered and edited. */
  | { outcome: 'sent'; reference?: string }
  /** It certainly did not arrive. `permanent`: waiting cannot heal it, so it is not tried again. */
  | { outcome: 'refused'; reason: string; permanent: boolean; retryAfterMs?: number }
  /** It may have arrived: there was no answer. */
  | { outcome: 'lost'; reason: string }
  /** It did not arrive: whoever was meant is to be found at another address from now on. */
  | { outcome: 'moved'; to: string }

/** A way to reach people. It never throws: what goes wrong is an outcome, with a reason that holds no secret. */
export interface Notifier {
  /** How many UTF-16 units one message may have, title and body together, where there is a limit. */
  longestMessage?: number
  send(address: string, message: Outgoing): Promise<Delivery>
  /** Makes a message that was sent to the address say something else; `sent` also if it says so already. */
  edit?(address: string, reference: string, message: Outgoing): Promise<Delivery>
  /** At the start: what is wrong with the settings, as sentences for the log; none if all is well. */
  check?(addresses: readonly string[]): Promise<string[]>
}
