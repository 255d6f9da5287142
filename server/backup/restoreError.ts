/** Nothing was restored. The message says why, and what to do. */
export class RestoreError extends Error {
  override name = 'RestoreError'
}
