import type { Migration } from 'kysely/migration'
import * as first from './0001_first.ts'
import * as alerts from './0002_alerts.ts'

/** In order; a released entry is never edited, only followed by another. */
export const migrations: Record<string, Migration> = {
  '0001_first': first,
  '0002_alerts': alerts,
}
