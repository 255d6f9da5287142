/** Quotes any text for a shell. */
export const inShell = (text: string) => (/^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** Escapes `%`, which ends a command in a crontab. */
export const inCrontab = (command: string) => command.replaceAll('%', '\\%')

/** Quotes any text for Python, JavaScript and TypeScript. */
export const inCode = (text: string) => (/['\\\p{Cc}]/u.test(text) ? JSON.stringify(text) : `'${text}'`)

/** Encodes a text for an address. The result can stand between single quotes in a shell. */
export const inAddress = (text: string) => encodeURIComponent(text).replaceAll("'", '%27')
