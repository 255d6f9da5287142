import { replaceHash } from '../useRoute.ts'
import { type Filter, overviewHash } from './filter.ts'

/** Shows what a filter asks for. It goes into the address, so that it can be bookmarked and shared. */
export const showFilter = (filter: Filter) => replaceHash(overviewHash(filter))
