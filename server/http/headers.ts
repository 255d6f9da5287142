const HALF_A_YEAR = 15_552_000

type Headers = Record<string, string>

const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' }

/** What each answer says to browsers, unless its door says otherwise: show it nowhere, run nothing of it, keep nothing. */
export function headersFor(publicUrl: string | undefined): Headers {
  return {
    ...NO_SNIFFING,
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    ...(publicUrl?.startsWith('https:') ? { 'Strict-Transport-Security': `max-age=${HALF_A_YEAR}` } : {}),
  }
}

/** Any page may call such a door and read its answer. */
const FOR_ANY_PAGE = {
  ...NO_SNIFFING,
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/** An accepted heartbeat says little, and nothing to who is no page: there are thousands a second. */
export const headersOfHeartbeat = (origin: string | undefined): Headers =>
  origin === undefined ? NO_SNIFFING : FOR_ANY_PAGE

/** What a browser asks before it lets a page call with a key or with JSON. */
export const PREFLIGHT = {
  ...FOR_ANY_PAGE,
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Api-Key',
  'Access-Control-Max-Age': '86400',
}
