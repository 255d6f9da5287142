import { countRegistered } from '../../db/keys.ts'
import { lockKeys, registerServices } from '../../db/registration.ts'
import type { Db, Trx } from '../../db/schema.ts'
import { inTransaction } from '../inTransaction.ts'
import { allows, type Caller } from '../keys/caller.ts'
import { MOST_REGISTERED, type Refused, refusalOf, tooManyRegistered } from './permission.ts'
import type { Signal } from './signal.ts'

/**
 * Registers a service under each new key, unless none of the callers that sent signals under it may do so.
 *
 * @returns the signals whose callers may not register a service
 */
export async function register(db: Db, signals: readonly Signal[]): Promise<Refused[]> {
  const { allowed, refused } = split(signals)
  if (allowed.length === 0) return refused
  const beyond = await inTransaction({ db }, async (_deps, trx) => {
    await lockKeys(trx)
    const { newcomers, refused: unwelcome } = await withinLimits(trx, allowed)
    await registerServices(
      trx,
      newcomers.map(({ key, caller }) => ({ key, group_name: caller.group, registered_by: caller.keyId })),
      Math.min(...signals.map(({ at }) => at)),
    )
    return unwelcome
  })
  return [...refused, ...beyond]
}

/** Splits signals by whether their callers may register the service, which joins the group of the API key. */
function split(signals: readonly Signal[]): { allowed: Signal[]; refused: Refused[] } {
  const allowed: Signal[] = []
  const refused: Refused[] = []
  for (const signal of signals) {
    const refusal = refusalOf(signal.caller, { key: signal.key, group: signal.caller.group }, signal.key)
    if (refusal) refused.push({ signal, refusal })
    else allowed.push(signal)
  }
  return { allowed, refused }
}

/** Finds the first signal of each new service. API keys that have registered `MOST_REGISTERED` are refused. */
async function withinLimits(
  trx: Trx,
  signals: readonly Signal[],
): Promise<{ newcomers: Signal[]; refused: Refused[] }> {
  const limited = new Set(signals.flatMap(({ caller }) => (isLimited(caller) ? [caller.keyId] : [])))
  const counts = limited.size === 0 ? new Map<number, number>() : await countRegistered(trx, [...limited])
  const newcomers = new Map<string, Signal>()
  const refused: Refused[] = []
  for (const signal of signals) {
    const { key, caller } = signal
    if (newcomers.has(key)) continue
    if (isLimited(caller)) {
      const count = counts.get(caller.keyId) ?? 0
      if (count >= MOST_REGISTERED) {
        refused.push({ signal, refusal: tooManyRegistered() })
        continue
      }
      counts.set(caller.keyId, count + 1)
    }
    newcomers.set(key, signal)
  }
  return { newcomers: [...newcomers.values()], refused }
}

const isLimited = (caller: Caller): caller is Caller & { keyId: number } =>
  caller.keyId !== null && !allows(caller.scope, 'admin')
