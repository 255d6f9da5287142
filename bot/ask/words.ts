const quoted = /^["'“”„«‘’](.*?)["'“”»‘’](?:\s+|$)/s

/** Splits off the text in quotes at the beginning. Phones replace plain quotes with typographic ones. */
export function unquote(words: string): { quoted: string | null; rest: string } {
  const found = quoted.exec(words.trim())
  const text = found?.[1]?.trim()
  return found && text
    ? { quoted: text, rest: words.trim().slice(found[0].length).trim() }
    : { quoted: null, rest: words.trim() }
}

const nothingQuoted = /^["'“”„«‘’]\s*["'“”»‘’]$/

/** Reads all the words as one name, without the quotes around them. Quotes inside belong to the name. */
export function asName(words: string): string {
  if (nothingQuoted.test(words.trim())) return ''
  const { quoted, rest } = unquote(words)
  return quoted !== null && rest === '' ? quoted : words.trim()
}

/** Lists every split of the words into a head and a rest, the longest head first. */
export function splits(words: string): { head: string; rest: string }[] {
  const ends = [...words.trim().matchAll(/\s+|$/g)].map(({ index }) => index)
  return ends.reverse().map((end) => ({ head: words.trim().slice(0, end), rest: words.trim().slice(end).trim() }))
}
