/** For a shell, whatever is in it. */
export const inShell = (text: string) => (/^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** In a crontab `%` ends the line. */
export const inCrontab = (command: string) => command.replaceAll('%', '\\%')

/** For Python, JavaScript and TypeScript. */
export const inCode = (text: string) => (/['\\\p{Cc}]/u.test(text) ? JSON.stringify(text) : `'${text}'`)

/** Nothing in it means anything to a shell within single quotes. */
export const inAddress = (text: string) => encodeURIComponent(text).replaceAll("'", '%27')
