import { sentenceOf } from '../failure.ts'

/** Why something was not done. */
export function MutationFault({ of }: { of: readonly { error: { message: string } | null }[] }) {
  const error = of.find(({ error }) => error !== null)?.error
  return (
    <p className="fault" role="alert">
      {error && `Not done: ${sentenceOf(error)}`}
    </p>
  )
}
