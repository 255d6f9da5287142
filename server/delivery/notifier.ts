import type { Json } from '../../db/schema.ts'

/** One message, or one part of a long one, in the form that every channel takes. */
export interface Outgoing {
  /** The same at every attempt, so that a receiver can recognise a repetition. */
  id: string
  /** The first line, bold where that is possible. Plain text, like the body. */
  title: string
  /** The other lines, or an empty text. */
  body: string
  /** An earlier attempt may have arrived, since its answer was lost. */
  repeated: boolean
  /** The content for programs, with keys in snake_case. */
  data: { [key: string]: Json }
  /** What a person can still do about it (buttons). Absent: everything. Empty: its incidents are over. */
  actions?: readonly AlertAction[]
  /** The `reference` (see `Delivery`) of the message that this one replies to. */
  replyTo?: string
}

export type AlertAction = 'acknowledge' | 'why' | 'mute' | 'unmute'

export type Delivery =
  /** `reference` is what the receiver calls the message; replies and edits need it. */
  | { outcome: 'sent'; reference?: string }
  /**
   * It certainly did not arrive. `permanent`: a retry cannot help, so there is none. `unseen`: the receiver has not looked
   * at the message, e.g. there was no connection, so another one would have fared no better. `ofMessage`: it refuses what
   * the message says, so that a part of it may be taken.
   */
  | {
      outcome: 'refused'
      reason: string
      permanent: boolean
      unseen?: boolean
      retryAfterMs?: number
      ofMessage?: boolean
    }
  /** It may have arrived, but no answer came. */
  | { outcome: 'lost'; reason: string }
  /** It did not arrive, because the chat has another address from now on. */
  | { outcome: 'moved'; to: string }

/** Sends messages to one kind of channel. It never throws: a failure is an outcome, and its reason holds no secret. */
export interface Notifier {
  /** How many UTF-16 units title and body may have together. Absent: there is no limit. */
  longestMessage?: number
  send(address: string, message: Outgoing): Promise<Delivery>
  /** Replaces the text of a sent message. The outcome is `sent` also if it says so already. */
  edit?(address: string, reference: string, message: Outgoing): Promise<Delivery>
  /** Looks for faults in the settings at the start, and returns them as sentences for the log. */
  check?(addresses: readonly string[]): Promise<string[]>
}
