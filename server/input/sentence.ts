import { type ZodError, z } from 'zod'

const { localeError: inEnglish } = z.locales.en()

type Issue = Parameters<typeof inEnglish>[0]

// zod's own messages do not name the field, so its path is put before them. Messages that we write name it.
z.config({ customError: (issue) => named(inEnglish(issue))(issue) })

/** Makes the error message of a schema that several fields share. It begins with the path of the wrong field. */
export function named(message: string | { message: string } | undefined | null): (issue: Issue) => string {
  const text = typeof message === 'string' ? message : (message?.message ?? 'is not valid')
  return ({ path = [] }) => (path.length === 0 ? text : `${path.join('.')}: ${text}`)
}

export const sentenceOf = ({ issues }: ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ message }) => message)
    .join('; ')

/** The first field that is wrong; undefined if the input as a whole is. */
export const fieldOf = ({ issues }: ZodError): string | undefined => issues[0]?.path[0]?.toString()
