import type { MessageEntity } from 'grammy/types'

/**
 * Text with formatting as Telegram takes it: by entities, not by markup. No character of a name can then have a meaning
 * or break the message.
 */
export interface Rich {
  text: string
  entities: MessageEntity[]
}

interface Piece {
  text: string
  as: 'bold' | 'code'
}

export const bold = (text: string): Piece => ({ text, as: 'bold' })
/** Monospaced text, which a tap copies. */
export const code = (text: string): Piece => ({ text, as: 'code' })

/** Joins pieces. Telegram counts the offsets of entities in UTF-16 units, as JavaScript does. */
export function rich(...pieces: (string | Piece)[]): Rich {
  const entities: MessageEntity[] = []
  let text = ''
  for (const piece of pieces) {
    const added = (typeof piece === 'string' ? piece : piece.text).toWellFormed()
    if (typeof piece !== 'string' && added !== '') {
      entities.push({ type: piece.as, offset: text.length, length: added.length })
    }
    text += added
  }
  return { text, entities }
}

/** A bold first line with other lines below it. */
export const titled = (title: string, ...lines: string[]): Rich =>
  rich(bold(title), ...lines.map((line) => `\n${line}`))
