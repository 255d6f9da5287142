import type { Inputs, Status } from '../live/answers.ts'
import { hashOf } from '../route.ts'
import { replaceHash } from '../useRoute.ts'

const statuses: readonly Status[] = ['down', 'dead', 'alive', 'unknown']

/** The filter of the history, as the address has it and as the server takes it. */
export interface Asked {
  service: string
  group: string
  status: Status | ''
  /** A day, as `2026-11-24`. */
  since: string
  input: NonNullable<Inputs['history']>
}

export function askedFor(filter: URLSearchParams): Asked {
  const text = (name: string) => filter.get(name)?.trim() ?? ''
  const [service, group, since] = [text('service'), text('group'), text('since')]
  const status = statuses.find((known) => known === text('status')) ?? ''
  const sinceMs = Date.parse(`${since}T00:00`)
  return {
    service,
    group,
    status,
    since,
    input: {
      serviceKey: service || undefined,
      group: group || undefined,
      status: status ? [status] : undefined,
      since: Number.isNaN(sinceMs) ? undefined : new Date(sinceMs).toISOString(),
    },
  }
}

export function ask({ service, group, status, since }: Omit<Asked, 'input'>): void {
  replaceHash(hashOf('history', null, { service, group, status, since }))
}
