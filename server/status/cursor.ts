import { badRequest } from '../errors.ts'

/** Where the next page begins: behind this key. */
export const cursorOfKey = (key: string) => Buffer.from(key).toString('base64url')

export function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (cursorOfKey(key) !== cursor) throw badRequest('cursor is not one that an answer gave as nextCursor')
  return key
}
