/** A baseline: the least that Fastify can do for a POST. */
import Fastify from 'fastify'

const app = Fastify()
app.post('/', async () => ({ status: 'ok' }))
app.get('/ready', async () => ({ status: 'ready' }))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
