import { comeBackFromTheFuture, listOutages, proveListening } from '../../db/outages.ts'
import type { Db } from '../../db/schema.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Absence } from '../absence.ts'
import type { Clock } from '../clock.ts'
import { isDatabaseAway } from '../errors.ts'
import { mergeOutages, type Outage } from '../lifecycle/listening.ts'
import type { Log } from '../log.ts'
import { CLOCK_SET_BACK_MS } from '../text/time.ts'

const PROOF_EVERY_MS = 5_000
/** Of what was heard longer ago nobody knows whether the process has stood still since. */
const JUST_MS = 1_000
/** Outages older than this touch no service any more: longer than a quarterly job may be silent. */
const REMEMBERED_MS = 400 * DAY_MS

/** Knows when nobody was listening; that time is never counted as a service's silence. */
export interface Ledger {
  /** Sorted and apart from each other. */
  outages(): readonly Outage[]
  /** Called when the doors are open: what came before, back to the last proof, was an outage. Keeps proving from then on. */
  begin(): Promise<void>
  /**
   * To be awaited before anything is judged: finds out whether this process has just woken, or was cut off. If so, the
   * outage ended when that was heard which is to be judged now.
   */
  caughtUp(heardAt?: number): Promise<void>
  /** The database could not be reached by an attempt that began then: until it is, nobody can be sure that anybody listens. */
  cutOff(error: unknown, triedAt: number): void
  end(): Promise<void>
}

interface LedgerDeps {
  db: Db
  clock: Clock
  log: Log
  absence: Absence
  isAlone: () => Promise<boolean>
  /** How often the monitor writes down that it is listening. */
  proofEveryMs?: number | undefined
  /** Told when an outage has been found. */
  onOutage: () => void
}

export function createLedger(deps: LedgerDeps): Ledger {
  const { db, clock, log, absence, proofEveryMs = PROOF_EVERY_MS } = deps
  // A silence of the monitor that is longer than this is an outage: one proof may be late.
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
    // At the start even a short gap was one, where no other process can have listened meanwhile.
    const toleratedMs = provenAt === null && (await deps.isAlone()) ? 0 : alwaysToleratedMs
    const wasBrokenSince = brokenSince
    const { found, lastAt } = await proveListening(db, { nowMs, toMs, toleratedMs, brokenSince })
    if (lastAt !== null && lastAt > nowMs + CLOCK_SET_BACK_MS) {
      log.warn('the clock was set back')
      await db.transaction().execute((trx) => comeBackFromTheFuture(trx, nowMs))
    }
    // Before anybody is told that all is proven: whoever judges then must know of the outage.
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
