import { subjectOf, untoldOutages } from '../../db/outages.ts'
import type { Trx } from '../../db/schema.ts'
import { eachService } from '../../db/services.ts'
import { DAY_MS } from '../../db/units.ts'
import { enqueue } from '../delivery/outbox.ts'
import type { DepsInTransaction } from '../deps.ts'
import { listenedFor, mergeOutages, type Outage } from '../lifecycle/listening.ts'
import { stateOf } from '../lifecycle/state.ts'
import { composeOutage, type OutageCounts } from './compose.ts'
import { effectOf } from './effect.ts'

/** Shorter outages are not announced, e.g. restarts. */
const WORTH_TELLING_MS = 60_000
/** Outages that follow each other this soon are announced together, so each waits this long for the next. */
const SOON_MS = 60_000
/** Outages that ended longer ago are not announced any more. */
const NEWS_FOR_MS = DAY_MS

/**
 * Announces outages of the monitor itself once they have been over for `SOON_MS`.
 *
 * @returns when to announce the next one; `null` if none waits
 */
export async function announceOutages(deps: DepsInTransaction, trx: Trx, now: number): Promise<number | null> {
  return tell(deps, trx, now, SOON_MS)
}

/** Announces outages that are over without waiting, since the news that follows may be due to them. */
export async function tellOutagesFirst(deps: DepsInTransaction, trx: Trx, now: number): Promise<void> {
  await tell(deps, trx, now, 0)
}

type Untold = Awaited<ReturnType<typeof untoldOutages>>[number]

async function tell(deps: DepsInTransaction, trx: Trx, now: number, overForMs: number): Promise<number | null> {
  const groups = together(await untoldOutages(trx, now - NEWS_FOR_MS))
  for (const group of groups.filter(isWorthTelling)) {
    const [first, last] = [group[0] as Untold, group.at(-1) as Untold]
    if (last.toMs + overForMs > now) return last.toMs + overForMs
    const outage = { fromMs: first.fromMs, toMs: last.toMs }
    const lastedMs = last.toMs - first.fromMs - listenedFor(first.fromMs, last.toMs, mergeOutages(group))
    const counts = await countEffects(deps, trx, outage, now)
    const letter = composeOutage(
      outage,
      { ...counts, lastedMs },
      { now, timezone: deps.config.timezone, iso: deps.iso },
    )
    await enqueue(deps, trx, letter, { at: now, subject: subjectOf(last.id) })
  }
  return null
}

function together(outages: readonly Untold[]): Untold[][] {
  const groups: Untold[][] = []
  for (const outage of outages) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    if (group && last && outage.fromMs - last.toMs <= SOON_MS) group.push(outage)
    else groups.push([outage])
  }
  return groups
}

const isWorthTelling = (group: readonly Untold[]) =>
  mergeOutages(group).some(({ fromMs, toMs }) => toMs - fromMs >= WORTH_TELLING_MS)

async function countEffects(
  { config, ledger }: DepsInTransaction,
  trx: Trx,
  outage: Outage,
  now: number,
): Promise<OutageCounts> {
  const context = { now, rules: config.rules, outages: ledger.outages() }
  const counts: OutageCounts = { rearmed: 0, late: 0 }
  for await (const row of eachService(trx)) {
    const effect = effectOf(stateOf(row, config.timezone), outage, context)
    if (effect) counts[effect] += 1
  }
  return counts
}
