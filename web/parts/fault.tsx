import { isTransient, sentenceOf } from '../failure.ts'

interface Asked {
  failureReason: { message: string } | null
  isPending: boolean
  refetch(): unknown
}

/** Says that an answer is waited for, or why there is none and whether it is retried. */
export function Fault({ of: { failureReason, isPending, refetch } }: { of: Asked }) {
  if (!failureReason) return isPending ? <p className="notice waiting">Waiting for the server…</p> : null
  return (
    <p className="notice" role="alert">
      {capitalized(sentenceOf(failureReason))}.{' '}
      {isTransient(failureReason) ? (
        'Trying again…'
      ) : (
        <button type="button" className="button" onClick={() => refetch()}>
          Try again
        </button>
      )}
    </p>
  )
}

const capitalized = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1)
