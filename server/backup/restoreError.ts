/** Why nothing was restored, in a sentence that says the cure. */
export class RestoreError extends Error {
  override name = 'RestoreError'
}
