import { clean } from './clean.ts'
import { AskError, ask, jsonOf, type Monitor } from './http.ts'
import { isBad, overview, type Service } from './overview.ts'
import { retry } from './retry.ts'

const TIMEOUT_MS = 15_000
const RETRY_DELAYS_MS = [300, 1_000]
const PAGE = 1_000

interface Page {
  now: string
  services: Service[]
  next_cursor: string | null
}

interface Question {
  monitor: Monitor
  serviceKey: string | undefined
  group: string | undefined
  isJson: boolean
}

/** Shows the services. The exit code says whether one is down. */
export async function status(question: Question): Promise<number> {
  try {
    const services = question.isJson ? await showJson(question) : await showTable(question)
    return services.some(isBad) ? 1 : 0
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    process.stderr.write(`stillbeat: ${error.message}\n`)
    return 2
  }
}

async function showJson(question: Question): Promise<Service[]> {
  const text = await read(question, {})
  const { services } = pageOf(question.monitor, text)
  // JSON may contain these control characters, and a terminal would act on them.
  write(process.stdout.isTTY ? text.replaceAll(/[\u007F-\u009F]/g, escaped) : text)
  return services
}

async function showTable(question: Question): Promise<Service[]> {
  const services: Service[] = []
  let now = ''
  let cursor: string | null = null
  do {
    const page = pageOf(question.monitor, await read(question, { limit: String(PAGE), ...(cursor && { cursor }) }))
    services.push(...page.services)
    now ||= page.now
    cursor = page.next_cursor
  } while (cursor !== null)
  const { isTTY } = process.stdout
  const isColoured = isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
  write(services.length === 0 ? `${nothing(question)}\n` : overview(services, { now, isColoured }))
  return services
}

const read = ({ monitor, serviceKey, group }: Question, page: Record<string, string>): Promise<string> => {
  const query = new URLSearchParams({
    ...(serviceKey && { service_key: serviceKey }),
    ...(group && { group }),
    ...page,
  })
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  return retry(() => ask(monitor, { method: 'GET', path: `/status?${query}`, signal }), RETRY_DELAYS_MS, signal)
}

function pageOf(monitor: Monitor, text: string): Page {
  const page = jsonOf<Page | null>(monitor, text)
  if (Array.isArray(page?.services)) return page
  throw new AskError('what answered is no Stillbeat; is the address right?')
}

const nothing = ({ group }: Question) =>
  group === undefined
    ? 'no services yet; the first heartbeat registers one: stillbeat beat my-service'
    : `no services in the group ${clean(group)}`

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Writes to stdout. It is no error if the reader of a pipe leaves early, as `head` does. */
function write(text: string): void {
  process.stdout.once('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') throw new Error(`stdout: ${code}`)
  })
  process.stdout.write(text)
}
