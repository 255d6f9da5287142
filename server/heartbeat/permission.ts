import { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'
import type { Signal } from './signal.ts'

interface ServiceNamed {
  key: string
  group: string | null
}

export interface Refused {
  signal: Signal
  refusal: CallerError
}

/**
 * Says why a caller may not send heartbeats of a service; `null` if it may. The refusal names the service as `asked`,
 * which may be an alias: the caller is not told what it stands for.
 */
export function refusalOf({ group, keyPrefix }: Caller, service: ServiceNamed, asked: string): CallerError | null {
  if (keyPrefix !== null && !service.key.startsWith(keyPrefix)) {
    return forbidden(`whose keys begin with "${keyPrefix}"`, asked)
  }
  return group !== null && service.group !== group ? forbidden(`of the group "${group}"`, asked) : null
}

const forbidden = (which: string, asked: string) =>
  new CallerError('not_of_this_key', `this key is for services ${which}, and "${asked}" is none of them`)

/** How many services one API key may register, so that a stolen key cannot fill the monitor with them. */
export const MOST_REGISTERED = 1_000

export const tooManyRegistered = () =>
  new CallerError(
    'too_many_registered',
    `this key has registered ${MOST_REGISTERED} services, the most that one key may; remove some, or make another key`,
  )
