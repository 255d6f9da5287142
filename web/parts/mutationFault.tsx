import { sentenceOf } from '../failure.ts'

/** Says why a change was not made. */
export function MutationFault({ of }: { of: readonly { error: { message: string } | null }[] }) {
  const error = of.find(({ error }) => error !== null)?.error
  return (
    <p className="fault" role="alert">
      {error && `Not done: ${sentenceOf(error)}`}
    </p>
  )
}
