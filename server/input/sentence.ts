import { type ZodError, z } from 'zod'
import { unknownFieldMessage } from './unknownField.ts'

const { localeError: inEnglish } = z.locales.en()

type Issue = Parameters<typeof inEnglish>[0]

// zod's own messages do not name the field, so its path is put before them. Messages that we write name it.
z.config({
  customError: (issue) =>
    issue.code === 'unrecognized_keys' ? unknownFieldMessage(issue) : named(inEnglish(issue))(issue),
})

/** Makes the error message of a schema that several fields share. It begins with the path of the wrong field. */
export function named(message: string | { message: string } | undefined | null): (issue: Issue) => string {
  const text = typeof message === 'string' ? message : (message?.message ?? 'is not valid')
  return ({ path = [] }) => (path.length === 0 ? text : `${path.join('.')}: ${text}`)
}

export const sentenceOf = (error: ZodError): string =>
  faultsOf(error)
    .slice(0, 3)
    .map(({ message }) => message)
    .join('; ')

/** The first field that is wrong, or that is not known; undefined if the input as a whole is. */
export function fieldOf(error: ZodError): string | undefined {
  const [first] = faultsOf(error)
  return first?.code === 'unrecognized_keys' ? first.keys[0] : first?.path[0]?.toString()
}

/** Whether the first thing that is wrong is a field that is not known. */
export const hasUnknownField = (error: ZodError): boolean => faultsOf(error)[0]?.code === 'unrecognized_keys'

/** A field that is not known is all that is told: the one that was meant is missing only because of that. */
function faultsOf({ issues }: ZodError): ZodError['issues'] {
  const unknown = issues.filter(({ code }) => code === 'unrecognized_keys')
  return unknown.length > 0 ? unknown : issues
}
