import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CallerError } from '../../errors.ts'
import type { Door } from '../door.ts'

/** The page may load and run only what this server sends, and no other page may embed it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** Caching for assets, whose names contain a hash of their content. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_EACH_TIME = 'no-cache'

/** `/` and the files that the page loads, from the folder into which it was built. */
export async function pageDoors(app: FastifyInstance, folder: string): Promise<Door[]> {
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true, cacheControl: false })

  const open = { method: 'GET', kind: 'page' } as const
  const send = (reply: FastifyReply, path: string, caching: string) =>
    reply.headers({ ...HEADERS, 'Cache-Control': caching }).sendFile(path, folder)

  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const names = entries.filter((one) => one.isFile() && !/^index\.html|\.(br|gz)$/.test(one.name))
  return [
    {
      ...open,
      url: '/',
      handle: (_request, reply) => {
        if (!existsSync(join(folder, 'index.html'))) throw notBuilt()
        return send(reply, 'index.html', ASK_EACH_TIME)
      },
    },
    {
      ...open,
      url: '/assets/:file',
      handle: ({ params }: FastifyRequest, reply) => {
        const { file } = params as { file: string }
        return send(reply, `assets/${file}`, FOR_EVER)
      },
    },
    ...names.map(({ name }) => ({
      ...open,
      url: `/${name}`,
      handle: (_request: FastifyRequest, reply: FastifyReply) => send(reply, name, ASK_EACH_TIME),
    })),
  ]
}

const notBuilt = () =>
  new CallerError('page_not_built', 'the page is not built yet: run `npm run build:page`, then load it again')
