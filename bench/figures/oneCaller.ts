import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { connect, createDatabase } from '../tools/database.ts'
import { startMonitor } from '../tools/process.ts'
import { medianTime, paired } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'

const ROUNDS = 7
const TIMES = 200
const WARM_UP_TIMES = 2_000
/** Few enough that the warm-up fills each one's history. */
const SERVICES = 100

/** The time that a single caller waits, as a multiple of one commit of a row by the plain driver. */
export async function oneCaller(): Promise<Row[]> {
  const place = await createDatabase()
  const monitor = await startMonitor(place)
  const client = await connect(place)
  await client.query('create table bare (service_id integer not null, at bigint not null)')

  const commit = () => client.query('insert into bare (service_id, at) values ($1, $2)', [1, Date.now()])
  const beat = await caller(monitor.url)
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

/**
 * Sends one heartbeat after another over one connection. It uses a socket, since an HTTP client would add its own
 * time.
 */
export async function caller(url: string): Promise<() => Promise<void>> {
  const { hostname, port } = new URL(url)
  const socket = connectSocket(Number(port), hostname).setNoDelay(true).setEncoding('latin1')
  await once(socket, 'connect')
  let beats = 0
  return async () => {
    const key = `svc-${(beats++ % SERVICES) + 1}`
    socket.write(
      `POST /heartbeat?service_key=${key} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 0\r\n\r\n`,
    )
    const [answer] = (await once(socket, 'data')) as [string]
    if (!answer.startsWith('HTTP/1.1 200') || !answer.endsWith('}')) throw new Error(`a heartbeat got ${answer}`)
  }
}
