import type { AlertKind } from './schema.ts'

/** The kinds of alerts, which are also the events of the messages that tell of them. */
export const ALERT_KINDS: readonly AlertKind[] = ['down', 'changed', 'recovered', 'closed', 'reminder']
