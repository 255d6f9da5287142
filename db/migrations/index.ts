import type { Migration } from 'kysely/migration'
import * as first from './0001_first.ts'
import * as alerts from './0002_alerts.ts'
import * as edits from './0003_edits.ts'
import * as page from './0004_page.ts'
import * as keys from './0005_keys.ts'
import * as growth from './0006_growth.ts'
import * as promises from './0007_promises.ts'
import * as telling from './0008_telling.ts'
import * as runs from './0009_runs.ts'
import * as causes from './0010_causes.ts'
import * as closings from './0011_closings.ts'
import * as bounds from './0012_bounds.ts'
import * as splits from './0013_splits.ts'

/** All migrations, in order. A released one is never edited; a later one follows it. */
export const migrations: Record<string, Migration> = {
  '0001_first': first,
  '0002_alerts': alerts,
  '0003_edits': edits,
  '0004_page': page,
  '0005_keys': keys,
  '0006_growth': growth,
  '0007_promises': promises,
  '0008_telling': telling,
  '0009_runs': runs,
  '0010_causes': causes,
  '0011_closings': closings,
  '0012_bounds': bounds,
  '0013_splits': splits,
}
