import { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'

interface Named {
  key: string
  group: string | null
}

/** Why a caller may not send heartbeats of a service, or `null`. */
export function refusalOf({ group, keyPrefix }: Caller, service: Named): CallerError | null {
  if (keyPrefix !== null && !service.key.startsWith(keyPrefix)) {
    return forbidden(`services whose keys begin with "${keyPrefix}", and "${service.key}" does not`)
  }
  if (group !== null && service.group !== group) {
    return forbidden(`services of the group "${group}", and "${service.key}" is not in it`)
  }
  return null
}

const forbidden = (services: string) => new CallerError('FORBIDDEN', `this key is for ${services}`)

/** So that a key which got into wrong hands does not fill the monitor with services. */
export const MOST_REGISTERED = 1_000

export const tooManyRegistered = () =>
  new CallerError(
    'FORBIDDEN',
    `this key has registered ${MOST_REGISTERED} services, the most that one key may; remove some, or make another key`,
  )
