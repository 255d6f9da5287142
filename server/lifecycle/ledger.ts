import { listOutages, proveListening } from '../../db/outages.ts'
import type { Db } from '../../db/schema.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { mergeOutages, type Outage } from './listening.ts'

/** How often the monitor writes down that it is listening. */
const PROOF_EVERY_MS = 5_000
/** A silence of the monitor that is longer than this is an outage: one proof may be late. */
const TOLERATED_MS = 2 * PROOF_EVERY_MS
/** Outages older than this touch no service any more: longer than a quarterly job may be silent. */
const REMEMBERED_MS = 400 * 86_400_000

/** Knows when nobody was listening; that time is never counted as a service's silence. */
export interface Ledger {
  /** Sorted and apart from each other. */
  outages(): readonly Outage[]
  /** Called when the doors are open: what came before, back to the last proof, was an outage. Keeps proving from then on. */
  begin(): Promise<void>
  /** To be awaited before anything is judged: finds out whether this process has just woken from a sleep. */
  caughtUp(): Promise<void>
  end(): Promise<void>
}

export function createLedger(deps: { db: Db; clock: Clock; log: Log; sole: boolean }): Ledger {
  const { db, clock, log } = deps
  let outages: Outage[] = []
  let provenAt = Number.NEGATIVE_INFINITY
  let takeBack = () => {}
  let running: Promise<void> | undefined

  async function prove(): Promise<void> {
    const now = clock.now()
    const isFirst = provenAt === Number.NEGATIVE_INFINITY
    // At the start even a short gap was one, where no other process can have listened meanwhile.
    const found = await proveListening(db, now, isFirst && deps.sole ? 0 : TOLERATED_MS)
    provenAt = now
    outages = mergeOutages(await listOutages(db, now - REMEMBERED_MS))
    if (found) log.info({ outage: outages.at(-1) }, 'nobody was listening for a while; that time counts as no silence')
  }

  function tick(): void {
    takeBack = clock.at(clock.now() + PROOF_EVERY_MS, async () => {
      await catchUp().catch((error) => log.warn({ err: error }, 'could not write down that the monitor is listening'))
      tick()
    })
  }

  /** Callers that come while a proof is under way share it. */
  function catchUp(): Promise<void> {
    running ??= prove().finally(() => {
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
    async caughtUp() {
      if (clock.now() - provenAt > TOLERATED_MS) await catchUp()
    },
    async end() {
      takeBack()
      await catchUp().catch(() => {})
    },
  }
}
