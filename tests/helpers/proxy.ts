import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Proxy {
  /** The database's address through the proxy. */
  url: string
  /** Cuts every connection and refuses new ones. */
  cut(): void
  /** Ends a cut. */
  mend(): void
  /** Drops all data of present connections, as a firewall that has forgotten them. New connections work. */
  freeze(): void
  /** Accepts new connections, and never answers on them. */
  silence(): void
  /** Cuts present connections, and leads new ones to another server. */
  move(databaseUrl: string): void
}

/** Starts a TCP proxy between the server and PostgreSQL, so that a test can cut the connection. */
export async function startProxy(databaseUrl: string): Promise<Proxy> {
  let target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isCut = false
  let isSilent = false
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    if (isSilent) {
      sockets.add(near.on('error', () => {}).on('close', () => sockets.delete(near)))
      return
    }
    const far = connect(Number(target.port || 5432), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  const freeze = () => {
    for (const socket of sockets) socket.unpipe().pause()
  }
  const cut = () => {
    isCut = true
    drop()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cut,
    mend() {
      isCut = false
    },
    move(databaseUrl) {
      target = new URL(databaseUrl)
      drop()
    },
    freeze,
    silence() {
      isSilent = true
      freeze()
    },
  }
}
