const HALF_A_YEAR_SECONDS = 15_552_000

type Headers = Record<string, string>

const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' }

/** The headers of an answer, unless its door sets others: browsers must not embed it, run it or cache it. */
export function headersFor(publicUrl: string | undefined): Headers {
  return {
    ...NO_SNIFFING,
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    ...(publicUrl?.startsWith('https:') ? { 'Strict-Transport-Security': `max-age=${HALF_A_YEAR_SECONDS}` } : {}),
  }
}

/** CORS: any web page may call such a door and read its answer. */
const FOR_ANY_PAGE = {
  ...NO_SNIFFING,
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/** The headers for a heartbeat: few, and CORS only if a web page calls, since thousands arrive each second. */
export const headersOfHeartbeat = (origin: string | undefined): Headers =>
  origin === undefined ? NO_SNIFFING : FOR_ANY_PAGE

/** The answer to a CORS preflight, which a browser sends before a page's call with a key or with JSON. */
export const PREFLIGHT = {
  ...FOR_ANY_PAGE,
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Api-Key',
  'Access-Control-Max-Age': '86400',
}
