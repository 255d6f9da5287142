import type { Db, Trx } from '../db/schema.ts'

/**
 * Runs work in one transaction. What the work gets of `deps` has no `db`: beside the transaction, another connection
 * would wait for its locks, on the embedded database for ever. Name it `deps` again, so that the outer one is hidden.
 */
export const inTransaction = <D extends { db: Db }, T>(
  deps: D,
  work: (deps: Omit<D, 'db'>, trx: Trx) => Promise<T>,
): Promise<T> => deps.db.transaction().execute((trx) => work(deps, trx))
