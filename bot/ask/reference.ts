import { createHash } from 'node:crypto'

/** Telegram takes 64 bytes for a button; the rest is for what the button does. */
const LONGEST_PLAIN_BYTES = 28

/** A key or a group within a button: itself if it is short, else a digest. */
export function referenceTo(name: string): string {
  return Buffer.byteLength(name) <= LONGEST_PLAIN_BYTES ? `=${name}` : `#${digest(name)}`
}

/** Which of the names is meant; a plain one need not be among them. */
export async function dereference(
  reference: string,
  names: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  if (reference.startsWith('=')) return reference.slice(1)
  return (await names()).find((name) => referenceTo(name) === reference)
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22)
