import { replaceHash } from '../useRoute.ts'
import { type Filter, overviewHash } from './filter.ts'

/** The address says what is shown, so that it can be kept and passed on. */
export const showFilter = (filter: Filter) => replaceHash(overviewHash(filter))
