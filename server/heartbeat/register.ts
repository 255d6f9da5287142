import { countRegistered } from '../../db/keys.ts'
import { lockKeys, registerServices } from '../../db/registration.ts'
import type { Db, Trx } from '../../db/schema.ts'
import { allows, type Caller } from '../keys/caller.ts'
import type { Signal } from './draft.ts'
import { MOST_REGISTERED, refusalOf, tooManyRegistered } from './permission.ts'

/** Makes a service of each key that signals came under, unless none of those who sent them may. */
export async function register(db: Db, signals: readonly Signal[]): Promise<void> {
  const allowed = signals.filter((signal) => {
    const { group } = signal.caller
    const refusal = refusalOf(signal.caller, { key: signal.key, group })
    if (refusal) signal.refusal = refusal
    return !refusal
  })
  if (allowed.length === 0) return
  await db.transaction().execute(async (trx) => {
    await lockKeys(trx)
    const newcomers = await withinLimits(trx, allowed)
    await registerServices(
      trx,
      newcomers.map(({ key, caller }) => ({ key, group_name: caller.group, registered_by: caller.keyId })),
      Math.min(...signals.map(({ at }) => at)),
    )
  })
}

/** The signals that are the first of a service, but for those whose keys have registered as many as they may. */
async function withinLimits(trx: Trx, signals: readonly Signal[]): Promise<Signal[]> {
  const limited = new Set(signals.flatMap(({ caller }) => (isLimited(caller) ? [caller.keyId] : [])))
  const counts = limited.size === 0 ? new Map<number, number>() : await countRegistered(trx, [...limited])
  const newcomers = new Map<string, Signal>()
  for (const signal of signals) {
    const { key, caller } = signal
    if (newcomers.has(key)) continue
    if (isLimited(caller)) {
      const count = counts.get(caller.keyId) ?? 0
      if (count >= MOST_REGISTERED) {
        signal.refusal = tooManyRegistered()
        continue
      }
      counts.set(caller.keyId, count + 1)
    }
    newcomers.set(key, signal)
  }
  return [...newcomers.values()]
}

const isLimited = (caller: Caller): caller is Caller & { keyId: number } =>
  caller.keyId !== null && !allows(caller.scope, 'admin')
