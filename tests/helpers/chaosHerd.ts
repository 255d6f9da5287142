import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './chaosRandom.ts'

/** A period, in epoch milliseconds. */
export interface Stretch {
  from: number
  to: number
}

/** A period in which a service sent nothing. Times are in epoch milliseconds. */
export interface Silence {
  /** When the last heartbeat before it was sent: the attempt that was answered. */
  lastSentAt: number
  /** When the first heartbeat after it was first sent. */
  backAt: number
  /** When that heartbeat was answered, after retries. */
  answeredAt: number
}

/** A simulated service, and what the simulation knows about it. */
export interface Beaten {
  key: string
  /** Its name in messages. */
  name: string
  /** It never falls silent on purpose. */
  isSteady: boolean
  silences: Silence[]
  /** The longest time between two answers while it beat, without the time in which PostgreSQL was away. */
  worstGapMs: number
}

export interface Herd {
  services: Beaten[]
  /** Begins no more silences. Resolves when every service beats. */
  calm(): Promise<void>
  stop(): Promise<void>
}

interface HerdOptions {
  random: Random
  steady: number
  victims: number
  limitMs: number
  /** The longest time for which a victim beats between two silences. */
  longestLifeMs: number
  /** The addresses of the servers that are up. */
  urls: () => readonly string[]
  /** When PostgreSQL was away. */
  away: readonly Stretch[]
}

const BEAT_EVERY_MS = 500
const LONGEST_ANSWER_MS = 1_500
/** It is below five within an hour, which would be flapping and has other messages. */
const MOST_SILENCES = 4
const SHORTEST_LIFE_MS = 4_000
/** Half of the victims are in pods, which fall silent together, so that some messages are about several services. */
const PODS = 4

/** Starts services that beat until they are stopped. Victims fall silent now and then. */
export function startHerd({ random, steady, victims, limitMs, longestLifeMs, urls, away }: HerdOptions): Herd {
  const stopped = new AbortController()
  let isCalm = false
  let silent = 0

  async function live(one: Beaten, chance: Random): Promise<void> {
    const doors = random.of(`doors of ${one.key}`)
    let last = await beat(one.key, doors)
    for (let life = 0; ; life++) {
      const endsAt = Date.now() + chance.between(SHORTEST_LIFE_MS, longestLifeMs)
      const mayFallSilent = !one.isSteady && life < MOST_SILENCES
      while (!mayFallSilent || isCalm || Date.now() < endsAt) {
        await wait(last.backAt + BEAT_EVERY_MS - Date.now())
        const next = await beat(one.key, doors)
        const gap = { from: last.answeredAt, to: next.answeredAt }
        one.worstGapMs = Math.max(one.worstGapMs, gap.to - gap.from - overlapMs(gap, away))
        last = next
      }
      silent += 1
      await wait(limitMs + chance.between(1_500, 6_000))
      const { sentAt: lastSentAt } = last
      last = await beat(one.key, doors)
      one.silences.push({ lastSentAt, backAt: last.backAt, answeredAt: last.answeredAt })
      silent -= 1
    }
  }

  /** Sends one heartbeat, and retries at the next server until it is answered. */
  async function beat(key: string, doors: Random) {
    const backAt = Date.now()
    for (let door = Math.floor(doors.between(0, 3)), attempts = 1; ; door++, attempts++) {
      const up = urls()
      const sentAt = Date.now()
      if (await isAnswered(`${up[door % up.length]}/heartbeat/${key}`)) {
        return { backAt, sentAt, answeredAt: Date.now() }
      }
      await wait(attempts % up.length === 0 ? 200 : 0)
    }
  }

  const wait = (ms: number) => sleep(Math.max(0, ms), undefined, { signal: stopped.signal })

  const flock = [...flockOf('steady', steady), ...flockOf('victim', victims)]
  const lives = flock.map((one, index) => {
    const isInPod = !one.isSteady && index % 2 === 0
    const actor = isInPod ? `pod ${(index / 2) % PODS}` : one.key
    return live(one, random.of(actor)).catch((error) => {
      if (!stopped.signal.aborted) throw error
    })
  })
  return {
    services: flock,
    async calm() {
      isCalm = true
      while (silent > 0) await sleep(100)
    },
    async stop() {
      stopped.abort()
      await Promise.all(lives)
    },
  }
}

function flockOf(kind: 'steady' | 'victim', count: number): Beaten[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(2, '0')
    const name = `${kind === 'steady' ? 'Steady' : 'Victim'} ${number}`
    return { key: `${kind}-${number}`, name, isSteady: kind === 'steady', silences: [], worstGapMs: 0 }
  })
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

const overlapMs = ({ from, to }: Stretch, stretches: readonly Stretch[]) =>
  stretches.reduce((sum, other) => sum + Math.max(0, Math.min(to, other.to) - Math.max(from, other.from)), 0)
