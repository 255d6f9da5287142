import type { FastifyReply, FastifyRequest } from 'fastify'
import { CallerError } from '../../errors.ts'
import type { Door } from '../door.ts'
import { createPageFiles, type PageFile } from '../pageFiles.ts'

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
export function pageDoors(folder: string): Door[] {
  const files = createPageFiles(folder)
  const open = { method: 'GET', kind: 'page' } as const
  const isOfPage = (name: string) => !name.includes('/') && name !== 'index.html'
  return [
    {
      ...open,
      url: '/',
      handle: (request, reply) => {
        if (!files.refresh()) throw notBuilt()
        return send(files.find('index.html'), ASK_EACH_TIME, request, reply)
      },
    },
    {
      ...open,
      url: '/assets/:file',
      handle: (request, reply) => {
        const { file } = request.params as { file: string }
        return send(files.find(`assets/${file}`), FOR_EVER, request, reply)
      },
    },
    ...files
      .names()
      .filter(isOfPage)
      .map((name) => ({
        ...open,
        url: `/${name}`,
        handle: (request: FastifyRequest, reply: FastifyReply) => send(files.find(name), ASK_EACH_TIME, request, reply),
      })),
  ]
}

function send(file: PageFile | undefined, caching: string, { headers }: FastifyRequest, reply: FastifyReply) {
  if (!file) return reply.callNotFound()
  reply.headers({ ...HEADERS, 'Cache-Control': caching, ETag: file.etag, Vary: 'Accept-Encoding' })
  if (headers['if-none-match'] === file.etag) return reply.code(304).send()
  reply.type(file.type)
  const accepted = headers['accept-encoding'] ?? ''
  const coding = (['br', 'gzip'] as const).find((one) => file[one] && accepts(accepted, one))
  if (coding) reply.header('Content-Encoding', coding)
  return reply.send(coding ? file[coding] : file.bytes)
}

const accepts = (accepted: string, coding: string) =>
  accepted.split(',').some((one) => {
    const [name = '', ...parameters] = one
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

const notBuilt = () =>
  new CallerError('page_not_built', 'the page is not built yet: run `npm run build:page`, then load it again')
