import type { MessageEntity } from 'grammy/types'

/** Text as Telegram takes it. Bold and the like by entities and not by markup: so nothing in a name has a meaning, or makes Telegram refuse the message. */
export interface Rich {
  text: string
  entities: MessageEntity[]
}

interface Piece {
  text: string
  as: 'bold' | 'code'
}

export const bold = (text: string): Piece => ({ text, as: 'bold' })
/** What a tap copies. */
export const code = (text: string): Piece => ({ text, as: 'code' })

/** Puts pieces together; offsets are in UTF-16 units, as Telegram counts. */
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

/** A bold line and others below it. */
export const titled = (title: string, ...lines: string[]): Rich =>
  rich(bold(title), ...lines.map((line) => `\n${line}`))
