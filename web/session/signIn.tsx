import './signIn.css'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { openSession, sessionOptions } from './session.ts'

export function SignIn() {
  const queryClient = useQueryClient()
  const signIn = useMutation({
    mutationFn: openSession,
    onSuccess: (answer) => queryClient.setQueryData(sessionOptions.queryKey, answer),
  })
  const submit = (form: FormData) => signIn.mutate(String(form.get('key')).trim())
  return (
    <main className="page sign-in" id="main">
      <form
        className="sheet"
        onSubmit={(event) => {
          event.preventDefault()
          submit(new FormData(event.currentTarget))
        }}
      >
        <h1>Sign in</h1>
        <p className="soft">
          This monitor asks for a key: the API_KEY of the server, or a key with the scope read. The browser does not
          store it.
        </p>
        {/* Password managers need a user name. */}
        <input name="username" autoComplete="username" value="stillbeat" readOnly hidden />
        <label className="field">
          <span>Key</span>
          <input name="key" type="password" autoComplete="current-password" required aria-describedby="sign-in-fault" />
        </label>
        <p className="fault" id="sign-in-fault" role="alert">
          {signIn.error?.message}
        </p>
        <button type="submit" className="button primary" disabled={signIn.isPending}>
          Sign in
        </button>
      </form>
    </main>
  )
}
