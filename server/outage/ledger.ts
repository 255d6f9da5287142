import { comeBackFromTheFuture, listOutages, proveListening } from '../../db/outages.ts'
import type { Db } from '../../db/schema.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Absence } from '../absence.ts'
import type { Clock } from '../clock.ts'
import { isDatabaseAway } from '../errors.ts'
import { inTransaction } from '../inTransaction.ts'
import { mergeOutages, type Outage } from '../lifecycle/listening.ts'
import type { Log } from '../log.ts'
import { CLOCK_SET_BACK_MS } from '../text/time.ts'

const PROOF_EVERY_MS = 5_000
/** A heartbeat that was heard longer ago does not end an outage: the process may have stood still since. */
const JUST_MS = 1_000
/** Older outages matter to no service, since even a quarterly job is not silent for so long. */
const REMEMBERED_MS = 400 * DAY_MS

/** The ledger is the record of the monitor's own downtime, which is never counted as a service's silence. */
export interface Ledger {
  /** The outages, sorted and without overlap. */
  outages(): readonly Outage[]
  /** Records the time since the last proof as an outage, and keeps proving. Call it before heartbeats are let in. */
  begin(): Promise<void>
  /**
   * Finds out whether this process has just woken from a standstill or was cut off from the database, and records that
   * as an outage. Await it before you judge a service.
   *
   * @param heardAt when the heartbeat was heard that is to be judged; the outage ended then
   */
  caughtUp(heardAt?: number): Promise<void>
  /** Notes that an attempt of `triedAt` could not reach the database. Until one does, this server is not listening. */
  cutOff(error: unknown, triedAt: number): void
  /** Proves listening a last time, and stops. */
  end(): Promise<void>
}

interface LedgerDeps {
  db: Db
  clock: Clock
  log: Log
  absence: Absence
  /** Whether no other server uses the database. */
  isAlone: () => Promise<boolean>
  proofEveryMs?: number | undefined
  onOutage: () => void
}

export function createLedger(deps: LedgerDeps): Ledger {
  const { db, clock, log, absence, proofEveryMs = PROOF_EVERY_MS } = deps
  // A longer gap between proofs is an outage. One proof may be late.
  const alwaysToleratedMs = 2 * proofEveryMs
  let outages: Outage[] = []
  let provenAt: number | null = null
  let brokenSince: number | null = null
  let cancel = () => {}
  let running: Promise<void> | undefined
  let hasEnded = false

  async function prove(heardAt?: number): Promise<void> {
    const nowMs = clock.now()
    const isJustHeard = heardAt !== undefined && heardAt <= nowMs && nowMs - heardAt < JUST_MS
    const toMs = isJustHeard ? heardAt : nowMs
    // At the start even a short gap is an outage, unless another server may have listened meanwhile.
    const toleratedMs = provenAt === null && (await deps.isAlone()) ? 0 : alwaysToleratedMs
    const wasBrokenSince = brokenSince
    const { found, lastAt } = await proveListening(db, { nowMs, toMs, toleratedMs, brokenSince })
    if (lastAt !== null && lastAt > nowMs + CLOCK_SET_BACK_MS) {
      log.warn('the clock was set back')
      await inTransaction(deps, (_deps, trx) => comeBackFromTheFuture(trx, nowMs))
    }
    // This comes before `provenAt` is set: callers that judge next must know of the outage.
    outages = mergeOutages(await listOutages(db, nowMs - REMEMBERED_MS))
    absence.answered()
    if (brokenSince === wasBrokenSince) brokenSince = null
    provenAt = nowMs
    const newest = outages.at(-1)
    if (found && newest) {
      const [from, to] = [newest.fromMs, newest.toMs].map((ms) => new Date(ms).toISOString())
      log.info(`nobody was listening from ${from} to ${to}; that counts as nobody's silence`)
      deps.onOutage()
    }
  }

  function cutOff(error: unknown, triedAt: number): void {
    const isNews = brokenSince === null
    brokenSince ??= triedAt
    if (isNews || isDatabaseAway(error)) absence.noted(error, 'could not write down that somebody listens')
  }

  function tick(): void {
    cancel = clock.at(clock.now() + proofEveryMs, async () => {
      const triedAt = clock.now()
      await catchUp().catch((error) => cutOff(error, triedAt))
      if (!hasEnded) tick()
    })
  }

  /** Callers that come while a proof is under way share it. */
  function catchUp(heardAt?: number): Promise<void> {
    running ??= prove(heardAt).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    outages: () => outages,
    async begin() {
      await catchUp()
      tick()
    },
    async caughtUp(heardAt) {
      const isProven = provenAt !== null && clock.now() - provenAt <= alwaysToleratedMs
      if (!isProven || brokenSince !== null) await catchUp(heardAt)
    },
    cutOff,
    async end() {
      hasEnded = true
      cancel()
      if (provenAt !== null) await catchUp().catch(() => {})
    },
  }
}
