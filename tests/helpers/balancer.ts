import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * Starts a load balancer for TCP: each new connection goes to the next server (round robin) that accepts it.
 *
 * @returns its address
 */
export async function startBalancer(urls: readonly string[]): Promise<string> {
  const open = new Set<Socket>()
  let turn = 0

  function lead(near: Socket, attemptsLeft: number): void {
    const { hostname, port } = new URL(urls[turn++ % urls.length] as string)
    const far = connect(Number(port), hostname)
    far.once('connect', () => {
      open.add(far)
      near.pipe(far).pipe(near)
      near.once('close', () => far.destroy())
      far.once('close', () => near.destroy())
    })
    far.on('error', () => {
      if (far.connecting || open.has(far) || attemptsLeft === 0) near.destroy()
      else lead(near, attemptsLeft - 1)
    })
  }

  const server = createServer((near) => {
    open.add(near)
    near.on('error', () => {})
    lead(near, urls.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
