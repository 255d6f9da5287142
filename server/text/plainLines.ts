/** What a terminal obeys and does not show: colours, moves of the cursor, titles and links. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u001B\u009B](?:[\]PX^_][^\u0007\u001B\r\n]*(?:\u0007|\u001B\\)?|\[?[0-?]*[ -/]*[@-~]?)/g
/** A character that a backspace takes back, as in spinners and in bold text of old printers. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const takenBack = /[^\u0008\r\n]\u0008/g
/** Control characters and invisible ones, but not the joiners that scripts and emoji need. */
const invisible = /(?![\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const lineEnds = /[\n\v\f\u0085\u2028\u2029]/

/** The lines that an output shows on a terminal, without colours. Of what `\r` overwrote, as in a progress bar, the last stays. */
export function plainLines(output: string): string[] {
  return output.toWellFormed().replaceAll(escapes, '').replaceAll(takenBack, '').split(lineEnds).map(plainLine)
}

function plainLine(line: string): string {
  const written = line.split('\r')
  return (written.findLast((text) => text.trim() !== '') ?? '').replaceAll(invisible, '').trimEnd()
}
