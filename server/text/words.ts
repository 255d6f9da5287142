/** UTF-16 units of a name. A message holds many names, and a phone shows forty characters a line. */
const LONGEST_NAME = 100

const bidiControls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u
const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069']

/** Makes other people's text safe to show: on one line, cut, without effect on what is around it; perhaps empty. */
export function harmless(text: string, limit = LONGEST_NAME): string {
  const line = text
    .toWellFormed()
    .replaceAll(bidiControls, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return rightToLeft.test(line) ? ISOLATE + cut(line, limit - 2) + END_OF_ISOLATE : cut(line, limit)
}

/** A display name as people see it, which is never empty. */
export const visibleName = (displayName: string): string => harmless(displayName) || '(unnamed)'

/** A name that several services have, with the key that tells this one from the others. */
export const withKey = (name: string, key: string) => `${harmless(name, 45)} (${harmless(key, 50)})`

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cuts text to `limit` UTF-16 units, which is what Telegram counts, and never inside an emoji. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text.slice(0, limit + 1))) {
    if (kept.length + segment.length > limit - 1) break
    kept += segment
  }
  return `${kept.toWellFormed()}…`
}

/** What a line of a history adds if it stands for others too. An older server does not tell of it. */
export const notListed = (condensed = 0): string =>
  condensed === 0 ? '' : ` (after ${plural(condensed, 'other change')} in that hour, not listed)`

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
