import { setTimeout as sleep } from 'node:timers/promises'
import { type BotApi, type Fault, startBotApi } from './botApi.ts'
import type { Fleet } from './chaosFleet.ts'
import type { Stretch } from './chaosHerd.ts'
import type { Random } from './chaosRandom.ts'
import { holderOf } from './chaosTruth.ts'
import type { Cluster } from './cluster.ts'

interface KillerOptions {
  cluster: Cluster
  telegram: Telegram
  servers: readonly string[]
  kills: number
  everyMs: number
}

/** Kills one server after the other: half of them at any moment, the others while they wait for Telegram's answer. */
export async function killServers(fleet: Fleet, random: Random, options: KillerOptions): Promise<void> {
  const { cluster, telegram, servers, kills, everyMs } = options
  for (let kill = 0; kill < kills; kill++) {
    const nextAt = Date.now() + random.between(0.6, 1.4) * everyMs
    const [anyone, downMs] = [random.pick(servers), random.between(0, 1_000)]
    await sleep(random.between(0, 0.3) * everyMs)
    if (kill % 2 === 1) await Promise.race([telegram.nextSlow(), sleep(everyMs)])
    const aimed = kill % 2 === 1 ? await holderOf(cluster.url) : undefined
    await fleet.replace(aimed ?? anyone, downMs)
    await sleep(Math.max(0, nextAt - Date.now()))
  }
}

interface RestartOptions {
  restarts: number
  everyMs: number
  /** How long the first absence lasts: longer than services may be silent. */
  longMs: number
  away: Stretch[]
}

/** Stops PostgreSQL for some seconds now and then, and notes the periods in `away`. */
export async function restartDatabase(cluster: Cluster, random: Random, options: RestartOptions): Promise<void> {
  const { restarts, everyMs, longMs, away } = options
  for (let restart = 0; restart < restarts; restart++) {
    const nextAt = Date.now() + everyMs
    await sleep(random.between(0.3, 0.7) * everyMs)
    const stretch = { from: Date.now(), to: Number.POSITIVE_INFINITY }
    away.push(stretch)
    await cluster.stop(random.pick(['fast', 'immediate']))
    await sleep(restart === 0 ? longMs : random.between(1_000, 3_000))
    await cluster.start()
    stretch.to = Date.now()
    await sleep(Math.max(0, nextAt - Date.now()))
  }
}

export interface Telegram extends BotApi {
  /** The texts of attempts whose answer was lost on purpose. */
  lost: { text: string; at: number }[]
  /** Resolves when a server begins to wait for a slow answer. */
  nextSlow(): Promise<void>
  /** Ends the faults. */
  calm(): void
}

const KINDS = ['slow', '502', 'slow', 'reset', '429', 'hangAfter', '500', 'resetAfter', 'slow', 'hang'] as const
const LOSING: readonly string[] = ['502', 'hang', 'hangAfter', 'reset', 'resetAfter']
/** These last until the server's timeout of 20 s, so only a few fit into the test. */
const HANGING: readonly string[] = ['hang', 'hangAfter']
const TROUBLE_IN = 4

/** Starts a stand-in for Telegram that fails a quarter of the messages, by each kind of fault in turn. */
export async function startTelegram(random: Random, { hangs }: { hangs: number }): Promise<Telegram> {
  const lost: Telegram['lost'] = []
  const kinds: (typeof KINDS)[number][] = []
  let slow = Promise.withResolvers<void>()
  let isCalm = false
  let hung = 0

  function faultOf(): Fault | undefined {
    if (isCalm || !random.chance(1 / TROUBLE_IN)) return
    if (kinds.length === 0) kinds.push(...KINDS.filter((kind) => !HANGING.includes(kind) || ++hung <= hangs))
    const [kind] = kinds.splice(Math.floor(random.between(0, kinds.length)), 1) as [(typeof KINDS)[number]]
    if (LOSING.includes(kind)) lost.push({ text: String(telegram.requests.at(-1)?.payload.text), at: Date.now() })
    if (kind === 'slow' || HANGING.includes(kind)) {
      slow.resolve()
      slow = Promise.withResolvers()
    }
    if (kind === '429') return { kind, retryAfter: random.pick([1, 2]) }
    return kind === 'slow' ? { kind, ms: random.between(200, 1_500) } : { kind }
  }

  const telegram = await startBotApi({ faultOf })
  return Object.assign(telegram, {
    lost,
    nextSlow: () => slow.promise,
    calm() {
      isCalm = true
    },
  })
}
