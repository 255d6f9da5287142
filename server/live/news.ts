import type { FullServiceRow } from '../../db/serviceRows.ts'
import { type Strip, stripOf } from '../status/strip.ts'
import { type ServiceStatus, type ViewContext, view } from '../status/view.ts'

/** What watchers are told of a service: how it looks now. */
export interface ServiceNews {
  serviceKey: string
  /** `null` if the service was removed; so is `strip`. */
  service: ServiceStatus | null
  strip: Strip | null
}

export const newsOf = (row: FullServiceRow, context: ViewContext): ServiceNews => ({
  serviceKey: row.key,
  service: view(row, context),
  strip: stripOf(row, context),
})

export const removalOf = (serviceKey: string): ServiceNews => ({ serviceKey, service: null, strip: null })
