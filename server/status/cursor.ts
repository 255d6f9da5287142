import { invalidField } from '../errors.ts'

/** Encodes a cursor: the next page begins after this key. */
export const cursorOfKey = (key: string) => Buffer.from(key).toString('base64url')

/** Decodes a cursor. Throws 400 for text that `cursorOfKey` did not make. */
export function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (cursorOfKey(key) !== cursor) throw notACursor()
  return key
}

/** A place in what is listed newest first: after the first `skipped` of what is not younger than `upTo`. */
export interface Place {
  /** Epoch milliseconds. */
  upTo: number
  skipped: number
}

/** Encodes a cursor: the next page begins at this place. */
export const cursorOfPlace = ({ upTo, skipped }: Place) => `${upTo}-${skipped}`

/** Decodes a cursor. Throws 400 for text that `cursorOfPlace` did not make. */
export function placeOfCursor(cursor: string): Place {
  const [, upTo, skipped] = /^(\d{1,15})-(\d{1,9})$/.exec(cursor) ?? []
  if (upTo === undefined) throw notACursor()
  return { upTo: Number(upTo), skipped: Number(skipped) }
}

const notACursor = () => invalidField('cursor', 'cursor is not one that an answer gave as nextCursor')
