import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** How a repeated request was answered. Times are in milliseconds. */
export interface Probed {
  asked: number
  failures: number
  median: number
  p99: number
  max: number
}

// Asks for `/health` and sends heartbeats until its input ends. It is a process of its own, so that the attacks, which
// run in another, do not distort its measurements.
const [url = '', key = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
let goesOn = true
process.stdin.on('end', () => {
  goesOn = false
})
process.stdin.resume()

const [health, heartbeats] = await Promise.all([
  probe('GET', '/health', 10),
  probe('POST', '/heartbeat/canary-flood', 50),
])
agent.destroy()
process.stdout.write(JSON.stringify({ health, heartbeats }))

async function probe(method: string, path: string, everyMs: number): Promise<Probed> {
  const times: number[] = []
  let failures = 0
  while (goesOn) {
    const began = performance.now()
    if ((await statusOf(method, path)) !== 200) failures += 1
    times.push(performance.now() - began)
    await sleep(everyMs)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10
  return { asked: times.length, failures, median: at(0.5), p99: at(0.99), max: at(1) }
}

function statusOf(method: string, path: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const asked = request(url + path, { method, agent, headers: { 'X-Api-Key': key } }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0))
  })
  asked.on('error', () => resolve(0))
  asked.end()
  return promise
}
