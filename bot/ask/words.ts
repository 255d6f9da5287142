const quoted = /^["'“”„«‘’](.*?)["'“”»‘’](?:\s+|$)/s

/** Splits off what stands in quotes at the beginning, whichever quotes a phone makes of them. */
export function unquote(words: string): { quoted: string | null; rest: string } {
  const found = quoted.exec(words.trim())
  const text = found?.[1]?.trim()
  return found && text
    ? { quoted: text, rest: words.trim().slice(found[0].length).trim() }
    : { quoted: null, rest: words.trim() }
}

const nothingQuoted = /^["'“”„«‘’]\s*["'“”»‘’]$/

/** All the words as one name, without the quotes around it; inner ones belong to it. */
export function asName(words: string): string {
  if (nothingQuoted.test(words.trim())) return ''
  const { quoted, rest } = unquote(words)
  return quoted !== null && rest === '' ? quoted : words.trim()
}

/** Every way to take the first words for one thing and the others for what follows, the longest first. */
export function splits(words: string): { head: string; rest: string }[] {
  const ends = [...words.trim().matchAll(/\s+|$/g)].map(({ index }) => index)
  return ends.reverse().map((end) => ({ head: words.trim().slice(0, end), rest: words.trim().slice(end).trim() }))
}
