import { existingSessions } from '../../db/sessions.ts'
import { type Alarm, createAlarm } from '../alarm.ts'
import { CallerError } from '../errors.ts'
import type { Ground } from '../ground.ts'
import type { Hints } from '../hints.ts'
import { allows, type Caller } from '../keys/caller.ts'
import type { Keyring } from '../keys/keyring.ts'

/** The open streams of events, by who opened them. A stream ends as soon as its caller may not read any more. */
export interface Streams {
  /** Throws 429 beyond the limit of a caller. `address` stands for callers without a key. */
  open(caller: Caller, address: string): OpenStream
  /** Ends the streams whose session or key is gone, or whose key has lost the scope. */
  check(): void
}

export interface OpenStream {
  /** Aborts with the error that the client is told. */
  signal: AbortSignal
  close(): void
}

/** If another server's hint is lost, a stream that should end goes on for this long. */
const CHECK_EVERY_MS = 5_000

type StreamsDeps = Pick<Ground, 'db' | 'clock' | 'absence' | 'config'> & { hints: Hints; keyring: Keyring }
type Open = { caller: Caller; ending: AbortController }

export function createStreams(deps: StreamsDeps, mostPerCaller: number): Streams {
  const { clock, absence, hints } = deps
  const streams = new Set<Open>()
  const counts = new Map<string, number>()
  let alarm: Alarm | undefined

  const check = () => alarm?.wakeAt(clock.now())
  hints.on('keys', check)
  hints.on('sessions', check)

  async function endRefused(): Promise<void> {
    try {
      const refusalOf = await createRefusals(deps, [...streams])
      for (const { caller, ending } of [...streams]) {
        const refusal = await refusalOf(caller)
        if (refusal) ending.abort(refusal)
      }
    } catch (error) {
      absence.noted(error, 'could not look whether open streams may go on; looking again soon')
    }
  }

  function close(stream: Open, who: string): void {
    if (!streams.delete(stream)) return
    const left = (counts.get(who) ?? 1) - 1
    if (left > 0) counts.set(who, left)
    else counts.delete(who)
    if (streams.size > 0) return
    alarm?.stop()
    alarm = undefined
  }

  return {
    check,
    open(caller, address) {
      const hasKey = deps.config.apiKey !== undefined
      const who = hasKey ? `key ${caller.keyId ?? 'API_KEY'}` : address
      const count = counts.get(who) ?? 0
      if (count >= mostPerCaller) throw tooMany(mostPerCaller, hasKey)
      counts.set(who, count + 1)
      const stream = { caller, ending: new AbortController() }
      streams.add(stream)
      if (hasKey) alarm ??= createAlarm(clock, CHECK_EVERY_MS, endRefused, 0)
      return { signal: stream.ending.signal, close: () => close(stream, who) }
    },
  }
}

/** Reads what callers depend on. @returns why a caller may not read any more, if so */
async function createRefusals({ db, keyring }: StreamsDeps, streams: readonly Open[]) {
  const asked = new Set(streams.map(({ caller }) => caller.session).filter((session) => session !== null))
  const sessions = asked.size === 0 ? asked : await existingSessions(db, [...asked])
  return async ({ keyId, session }: Caller): Promise<CallerError | null> => {
    // A session that began meanwhile was not asked for.
    if (session !== null && asked.has(session) && !sessions.has(session)) return signedOut()
    if (keyId === null) return null
    const key = await keyring.get(keyId)
    if (!key) return new CallerError('key_revoked', 'this key has been revoked')
    return allows(key.scope, 'read') ? null : new CallerError('scope_too_low', 'this key may not read any more')
  }
}

const signedOut = () => new CallerError('signed_out', 'you are signed out; sign in again')

const tooMany = (most: number, hasKey: boolean) =>
  new CallerError(
    'too_many_streams',
    `${most} streams of events are open already ${hasKey ? 'with this key; close some, make another key,' : 'from this address; close some,'} or ask status instead`,
  )
