import { sql } from 'kysely'

/** One parameter however many there are: a statement takes 65,535. */
export const anyId = (ids: readonly number[]) => sql<number>`any(${[...ids]}::bigint[])`
