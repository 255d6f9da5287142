import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect, createDatabase } from '../tools/database.ts'
import { startMonitor } from '../tools/process.ts'
import { medianTime, paired } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'

const ROUNDS = 7
const TIMES = 200
const WARM_UP_TIMES = 2_000
/** Each is known well after the warm-up. */
const SERVICES = 100

/** How long a caller waits who is alone, in commits of a row by the plain driver. */
export async function oneCaller(): Promise<Row[]> {
  const place = await createDatabase()
  const monitor = await startMonitor(place)
  const client = await connect(place)
  await client.query('create table bare (service_id integer not null, at bigint not null)')

  const commit = () => client.query('insert into bare (service_id, at) values ($1, $2)', [1, Date.now()])
  const beat = caller(monitor.url)
  await medianTime(WARM_UP_TIMES, commit)
  await medianTime(WARM_UP_TIMES, beat)
  const { ratio, ours, theirs } = await paired(
    ROUNDS,
    () => medianTime(TIMES, beat),
    () => medianTime(TIMES, commit),
  )
  const made = `${ours.toFixed(2)} ms against ${theirs.toFixed(2)} ms`
  return [{ figure: 'one caller', value: ratio, made, limit: { atMost: 3 } }]
}

/** Sends one heartbeat after another over one connection. */
function caller(url: string): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let beats = 0
  return async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const path = `/heartbeat?service_key=svc-${(beats++ % SERVICES) + 1}`
    const sent = request(url + path, { method: 'POST', agent }, (response) => {
      const done = ({ statusCode } = response) => {
        if (statusCode === 200) resolve()
        else reject(new Error(`a heartbeat got ${statusCode}`))
      }
      text(response).then(() => done(), reject)
    })
    sent.on('error', reject)
    sent.end()
    return promise
  }
}
