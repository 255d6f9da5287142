import type { AlertKind } from '../../db/schema.ts'
import { plural } from '../text/words.ts'

/** What the title of an alert depends on. It reads the same when the message is composed and when it is edited. */
export interface Titled {
  kind: AlertKind
  /** How many services the whole message tells of, over all of its parts. */
  count: number
  /** The service's name. It is shown only if the message tells of one service. */
  name: string
  flapping: boolean
}

/** `🔴 Backup is down`, `🟢 5 services are alive again`. */
export function titleOf({ kind, count, name, flapping }: Titled): string {
  const whoIs = count === 1 ? `${name} is` : `${plural(count, 'service')} are`
  if (kind === 'recovered') return `🟢 ${whoIs} alive again`
  if (kind === 'reminder') return `🔴 ${whoIs} still down`
  return `🔴 ${whoIs} down${count === 1 && flapping ? ' and is flapping' : ''}`
}

/** `🔴 3 of 5 services are still down`, once some of several have recovered. */
export const titleOfRest = ({ count }: Titled, left: number): string => `🔴 ${left} of ${count} services are still down`

/** `✅ Backup was down`, `✅ 5 services were down`. */
export const titleInThePast = ({ count, name }: Titled): string =>
  `✅ ${count === 1 ? `${name} was` : `${plural(count, 'service')} were`} down`
