import type { FullServiceRow } from '../../db/serviceRows.ts'
import { type Strip, stripOf } from '../status/strip.ts'
import { type ServiceStatus, type ViewContext, view } from '../status/view.ts'

/** What there is to show of a service now; `null` once it has been removed. */
export interface ServiceNews {
  serviceKey: string
  service: ServiceStatus | null
  strip: Strip | null
}

export const newsOf = (row: FullServiceRow, context: ViewContext): ServiceNews => ({
  serviceKey: row.key,
  service: view(row, context),
  strip: stripOf(row, context),
})

export const removalOf = (serviceKey: string): ServiceNews => ({ serviceKey, service: null, strip: null })
