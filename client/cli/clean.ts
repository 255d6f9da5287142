/**
 * Text of others without what would move the cursor, change colours or turn the direction of writing:
 * control characters and all that is invisible, save the joiners that scripts and emoji are made with.
 */
export const clean = (text: string): string =>
  text.replaceAll(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{FFFD}')
