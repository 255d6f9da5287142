import type { AlertKind, CloseReason } from '../../db/schema.ts'
import { plural } from '../text/words.ts'

/** What the title of an alert depends on. It reads the same when the message is composed and when it is edited. */
export interface Titled {
  kind: AlertKind
  /** How many services the whole message tells of, over all of its parts. */
  count: number
  /** The service's name. It is shown only if the message tells of one service. */
  name: string
  flapping: boolean
  /** It was over before anything was told of it. */
  isOver?: boolean
  /** Why it is over, if the message tells of its end. */
  closeReason?: CloseReason | null
}

/** `🔴 Backup is down`, `🟢 5 services are alive again`, `🟢 Backup was down`. */
export function titleOf({ kind, count, name, flapping, isOver = false, closeReason }: Titled): string {
  const whose = count === 1 ? name : plural(count, 'service')
  const whoIs = `${whose} ${count === 1 ? 'is' : 'are'}`
  if (kind === 'recovered')
    return `🟢 ${isOver ? `${whose} ${count === 1 ? 'was' : 'were'} down` : `${whoIs} alive again`}`
  if (kind === 'changed') return `🔴 ${whoIs} down for ${count === 1 ? 'another reason' : 'other reasons'}`
  if (kind === 'closed') return titleOfEnd(closeReason ?? null, whose, count)
  if (kind === 'reminder') return `🔴 ${whoIs} still down`
  if (isOver && flapping) return `🔁 ${whoIs} flapping`
  return `🔴 ${whoIs} down${count === 1 && flapping ? ' and is flapping' : ''}`
}

function titleOfEnd(reason: CloseReason | null, whose: string, count: number): string {
  const were = count === 1 ? 'was' : 'were'
  if (reason === 'alerts_off') return `🔕 Alerts about ${whose} are off`
  if (reason === 'flapping_over') return `🔁 ${whose} ${were} flapping`
  return `${reason === 'removed' ? '🗑' : '⏸'} ${whose} ${were} down`
}

/** `🔴 3 of 5 services are still down`, once some of several have recovered. */
export const titleOfRest = ({ count }: Titled, left: number): string => `🔴 ${left} of ${count} services are still down`

/** `✅ Backup was down`, `✅ 5 services were down`; `⏸` if only a pause ended it, which is no recovery. */
export const titleInThePast = ({ count, name }: Titled, isPaused: boolean): string =>
  `${isPaused ? '⏸' : '✅'} ${count === 1 ? `${name} was` : `${plural(count, 'service')} were`} down`

/** Whether the title of a message about several services says that people knew they were down. No name stands in it. */
export const saysAlive = (title: string): boolean => title.includes('alive again')
