import { sql } from 'kysely'

/** Matches any of these ids. It takes one parameter however many they are; a statement takes 65,535 at most. */
export const anyId = (ids: readonly number[]) => sql<number>`any(${[...ids]}::bigint[])`
