import autocannon from 'autocannon'

export interface Load {
  url: string
  requests: autocannon.Request[]
  seconds: number
  /** Requests per second; as many as the server answers, if it is not given. */
  perSecond?: number
}

export interface Fired {
  perSecond: number
  /** How many were answered with 200. */
  answered: number
  /** How many were sent, including those that the end of the load cut off. */
  sent: number
}

const CONNECTIONS = 64
const JSON_TYPE = { 'content-type': 'application/json' }

/** Keeps all connections busy with one request after another. Throws if any answer is not 200. */
export async function fire({ url, requests, seconds, perSecond }: Load): Promise<Fired> {
  let next = 0
  const result = await autocannon({
    url,
    connections: Math.min(CONNECTIONS, requests.length),
    duration: seconds,
    sampleInt: 50,
    bailout: CONNECTIONS,
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    setupClient: (client) => {
      const first = next++
      client.setRequests(requests.filter((_, index) => index % CONNECTIONS === first).map((one) => ({ ...one })))
    },
  })
  const answered = result['2xx']
  if (result.non2xx + result.errors > 0 || answered === 0) {
    const codes = JSON.stringify(result.statusCodeStats)
    throw new Error(`${url} failed ${result.errors} times and answered ${codes}`)
  }
  return { perSecond: answered / result.duration, answered, sent: result.requests.sent }
}

export const heartbeats = (services: number): autocannon.Request[] =>
  keys(services).map((key) => ({ method: 'POST', path: `/heartbeat?service_key=${key}` }))

export const trpcHeartbeats = (services: number): autocannon.Request[] =>
  keys(services).map((key) => ({
    method: 'POST',
    path: '/trpc/heartbeat',
    headers: JSON_TYPE,
    body: JSON.stringify({ serviceKey: key }),
  }))

/** One empty request for each connection. */
export const emptyPosts = (): autocannon.Request[] => keys(CONNECTIONS).map(() => ({ method: 'POST', path: '/' }))

/** Calls of a mutation without input, as tRPC's client makes them: with a content type, but without a body. */
export const emptyCalls = (): autocannon.Request[] =>
  keys(CONNECTIONS).map(() => ({ method: 'POST', path: '/trpc/empty', headers: JSON_TYPE }))

const keys = (services: number) => Array.from({ length: services }, (_, index) => `svc-${index + 1}`)
