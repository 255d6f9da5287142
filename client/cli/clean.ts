/**
 * Sanitizes text of others for a terminal. It replaces what could move the cursor, change colours or turn the direction of
 * writing: control characters and invisible ones, but not the joiners that scripts and emoji need.
 */
export const clean = (text: string): string =>
  text.replaceAll(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{FFFD}')
