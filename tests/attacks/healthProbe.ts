import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** A program of its own, so that it measures the server and not the attacker: asks for `/health` until its input ends. */
const [url = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
const EVERY_MS = 10
const times: number[] = []
let failures = 0
let goesOn = true
process.stdin.on('end', () => {
  goesOn = false
})
process.stdin.resume()

while (goesOn) {
  const began = performance.now()
  if ((await healthOf(url)) !== 200) failures += 1
  times.push(performance.now() - began)
  await pause(EVERY_MS)
}
agent.destroy()
times.sort((a, b) => a - b)
const at = (share: number) => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10
process.stdout.write(JSON.stringify({ asked: times.length, failures, median: at(0.5), p99: at(0.99), max: at(1) }))

function healthOf(url: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const asked = request(`${url}/health`, { agent }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0))
  })
  asked.on('error', () => resolve(0))
  asked.end()
  return promise
}
