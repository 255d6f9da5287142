import { type ZodError, z } from 'zod'

const { localeError: inEnglish } = z.locales.en()

type Issue = Parameters<typeof inEnglish>[0]

// A message of zod's own does not say which field it is about. Ours do, in words of their own; so does each of zod's now.
z.config({ customError: (issue) => named(inEnglish(issue))(issue) })

/** A message for a schema that several fields share: it begins with the path of the field that is wrong. */
export function named(message: string | { message: string } | undefined | null): (issue: Issue) => string {
  const text = typeof message === 'string' ? message : (message?.message ?? 'is not valid')
  return ({ path = [] }) => (path.length === 0 ? text : `${path.join('.')}: ${text}`)
}

/** What is wrong with an input, in words for the caller. */
export const sentenceOf = ({ issues }: ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ message }) => message)
    .join('; ')

/** The first field that is wrong, if it is not the input as a whole. */
export const fieldOf = ({ issues }: ZodError): string | undefined => issues[0]?.path[0]?.toString()
