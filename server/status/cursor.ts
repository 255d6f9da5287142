import { invalidField } from '../errors.ts'

/** Encodes a cursor: the next page begins after this key. */
export const cursorOfKey = (key: string) => Buffer.from(key).toString('base64url')

/** Decodes a cursor. Throws 400 for text that `cursorOfKey` did not make. */
export function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (cursorOfKey(key) !== cursor) throw invalidField('cursor', 'cursor is not one that an answer gave as nextCursor')
  return key
}
