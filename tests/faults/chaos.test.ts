import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startFleet } from '../helpers/chaosFleet.ts'
import { type Stretch, startHerd } from '../helpers/chaosHerd.ts'
import { judge } from '../helpers/chaosJudge.ts'
import { killServers, restartDatabase, startTelegram } from '../helpers/chaosMonkey.ts'
import { createRandom } from '../helpers/chaosRandom.ts'
import { addUsers, leftToTell, readTruth, tablesOf } from '../helpers/chaosTruth.ts'
import { createCluster, findBinaries } from '../helpers/cluster.ts'
import { onPostgres } from '../helpers/database.ts'

const KILLS = Number(process.env.CHAOS_KILLS || 4)
const RESTARTS = Number(process.env.CHAOS_RESTARTS || 1)
/** The same seed repeats the decisions, though not the exact moments at which they take effect. */
const SEED = Number(process.env.CHAOS_SEED || Math.floor(Math.random() * 1e9))

const SERVERS = ['one', 'two', 'three']
const LIMIT_SECONDS = 6
const TROUBLE_GOES_ON_MS = 20_000
/** Time for the edits of messages, which are sent last, at most one a second. */
const CALM_MS = 150_000
const KILL_EVERY_MS = Math.max(4_500, 30_000 / KILLS)
const STORM_MS = KILLS * KILL_EVERY_MS
const TIMEOUT_MS = STORM_MS * 1.3 + TROUBLE_GOES_ON_MS + CALM_MS + 30_000
// Private chats, since a bot may write to a group only every three seconds. The stand-in can move these too.
const [CHAT, NEW_CHAT] = [4_711, 4_712]

const binaries = findBinaries()
const why = !onPostgres ? 'only in the run on PostgreSQL' : 'PostgreSQL is not installed here, only reachable'

/** If it fails, the message says where the logs of all processes and the evidence are. */
test('whatever is killed, every incident is told once', { timeout: TIMEOUT_MS }, async ({ skip }) => {
  if (!onPostgres || !binaries) return skip(why)
  const beganAt = Date.now()
  const random = createRandom(SEED)
  const cluster = await createCluster(binaries)
  await addUsers(cluster.url, SERVERS)
  const telegram = await startTelegram(random.of('telegram'), { hangs: Math.ceil(KILLS / 8) })
  const env = {
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_CHAT_ID: String(CHAT),
    TELEGRAM_API_ROOT: telegram.url,
    MIN_SILENCE_SECONDS: String(LIMIT_SECONDS),
    CHECK_INTERVAL_SECONDS: '2',
    ALERT_GROUP_SECONDS: '1',
    DAILY_SUMMARY_TIME: 'off',
    // A process says when it is ready in its log.
    LOG_LEVEL: 'info',
  }
  const addressOf = (name: string) => cluster.url.replace('postgres@', `${name}@`)
  const fleet = await startFleet(
    Object.fromEntries(SERVERS.map((name) => [name, { ...env, DATABASE_URL: addressOf(name) }])),
  )
  const away: Stretch[] = []
  const herd = startHerd({
    random,
    steady: 12,
    victims: 40,
    limitMs: LIMIT_SECONDS * 1_000,
    longestLifeMs: Math.min(50_000, STORM_MS / 3),
    urls: fleet.urls,
    away,
  })

  await Promise.all([
    killServers(fleet, random.of('killer'), {
      cluster,
      telegram,
      servers: SERVERS,
      kills: KILLS,
      everyMs: KILL_EVERY_MS,
    }),
    restartDatabase(cluster, random.of('database'), {
      restarts: RESTARTS,
      everyMs: STORM_MS / (RESTARTS || 1),
      longMs: LIMIT_SECONDS * 1_000 + 2_000,
      away,
    }),
    sleep(STORM_MS / 2).then(() => telegram.migrate(CHAT, NEW_CHAT)),
  ])
  await herd.calm()
  // The faults go on, so that messages that waited meet them too.
  await sleep(TROUBLE_GOES_ON_MS)
  telegram.calm()
  await expect
    .poll(() => leftToTell(cluster.url), { timeout: CALM_MS, interval: 500 })
    .toBe(0)
    .catch(() => {})
  const left = await leftToTell(cluster.url)
  await herd.stop()
  await fleet.stop()

  const { services } = herd
  const truth = await readTruth(cluster.url)
  const { accepted, lost, injected } = telegram
  const { faults, counts, unjudged } = judge({
    services,
    limitMs: LIMIT_SECONDS * 1_000,
    truth,
    accepted: accepted.map(({ sentText: text, at }) => ({ text, at })),
    lost,
    kills: fleet.kills,
  })
  // A down message should have been edited by now, if its id is stored and it is in the present chat.
  const known = new Set(truth.messages.map(({ reference }) => reference))
  const stale = telegram
    .messages(NEW_CHAT)
    .filter(({ text, messageId }) => text.startsWith('🔴') && known.has(String(messageId)))
  const seconds = Math.round((Date.now() - beganAt) / 1000)
  process.stdout.write(
    `chaos: seed ${SEED} · ${KILLS} kills, ${RESTARTS} PostgreSQL restarts, ${counts.incidents} incidents, ` +
      `${counts.down} told down and ${counts.recovered} recovered in ${counts.accepted} messages, ` +
      `injected ${JSON.stringify(injected)}, ${counts.repeated} repeated, ${faults.baselessRepetitions.length} of them without a lost answer, ` +
      `${faults.missing.length} missing, ${faults.false.length} false, ${faults.doubled.length} doubled, ` +
      `${unjudged.length} services not judged for falseness ${unjudged.join(' ')}, in ${seconds} s\n`,
  )
  writeFileSync(
    join(fleet.logs, 'evidence.json'),
    JSON.stringify(
      {
        faults,
        services,
        truth,
        away,
        kills: fleet.kills,
        accepted,
        lost,
        requests: telegram.requests,
        tables: await tablesOf(cluster.url),
      },
      null,
      1,
    ),
  )

  expect(left, 'left to tell').toBe(0)
  expect(unjudged.length, 'heartbeats that came late by the fault of the test').toBeLessThan(services.length / 4)
  expect(stale, 'alerts that still say that something is down').toEqual([])
  for (const [name, found] of Object.entries(faults)) expect(found, `${name}; see ${fleet.logs}`).toEqual([])
  rmSync(fleet.logs, { recursive: true })
})
