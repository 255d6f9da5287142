/**
 * A web app that sends heartbeats while it listens, and closes cleanly: no heartbeat once it no longer takes requests.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/fastify.ts; Ctrl-C ends it.
 */
import { aheartbeat } from '@stillbeat/client'
import fastify from 'fastify'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)

const app = fastify()
const closing = new AbortController()

app.get('/', async () => ({ hello: 'world' }))
app.addHook('onListen', async () => {
  void aheartbeat('example-web-app', { periodSeconds, signal: closing.signal })
})
app.addHook('preClose', async () => closing.abort())

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())

console.log(`web app: listens on ${await app.listen({ port: Number(process.env.PORT || 3000) })}`)
