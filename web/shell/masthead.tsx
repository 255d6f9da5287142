import './masthead.css'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNews } from '../live/connection.ts'
import { hashOf, type View } from '../route.ts'
import { closeSession, sessionOptions } from '../session/session.ts'
import { useSession } from '../session/useSession.ts'
import { useRoute } from '../useRoute.ts'

const entries: [View, string][] = [
  ['overview', 'Services'],
  ['history', 'History'],
  ['send', 'Send a heartbeat'],
  ['monitor', 'Monitor'],
]

export function Masthead({ signedIn }: { signedIn: boolean }) {
  const { view } = useRoute()
  return (
    <header className="masthead">
      <a className="wordmark" href="#/">
        <Mark />
        Stillbeat
      </a>
      {signedIn && (
        <>
          <nav aria-label="Views">
            {entries.map(([entry, label]) => (
              <a key={entry} href={hashOf(entry)} aria-current={entry === view ? 'page' : undefined}>
                {label}
              </a>
            ))}
          </nav>
          <ConnectionLight />
          <SignOut />
        </>
      )}
    </header>
  )
}

const Mark = () => (
  <svg className="mark" viewBox="0 0 28 16" width="28" height="16" aria-hidden="true">
    <path d="M1 9h8l2.5-7 5 13 3-6H27" />
  </svg>
)

const words = { connecting: 'connecting', live: 'live', lost: 'not live', resting: 'resting' }

function ConnectionLight() {
  const { connection } = useNews()
  return (
    <span className={`light light-${connection}`} title="Whether this page is updated as heartbeats arrive">
      {words[connection]}
    </span>
  )
}

function SignOut() {
  const queryClient = useQueryClient()
  const { data: session } = useSession()
  const signOut = useMutation({
    mutationFn: closeSession,
    onSuccess(answer) {
      queryClient.setQueryData(sessionOptions.queryKey, answer)
      // Cached answers are only for those who are signed in.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionOptions.queryKey[0] })
    },
  })
  if (!session?.key_needed) return null
  return (
    <button type="button" className="button quiet" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
      Sign out
    </button>
  )
}
