import { z } from 'zod'

const NO_ADDRESS =
  'is not a postgres:// address, e.g. postgres://user:password@localhost:5432/stillbeat; leave it empty to use the embedded database'
const UNESCAPED =
  'cannot be read: what an address gives a meaning to must be percent-encoded in its user and password (# → %23, / → %2F, ? → %3F, @ → %40, % → %25, a blank → %20), e.g. postgres://user:pass%23word@localhost:5432/stillbeat'

const parts = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/is

/** The URL of a PostgreSQL. No error quotes it, since any part of a wrong one may be a piece of the password. */
export const databaseUrl = z
  .string()
  .trim()
  .refine((text) => parts.test(text), { error: NO_ADDRESS, abort: true })
  .refine(isEscaped, { error: UNESCAPED, abort: true })
  .refine((text) => URL.canParse(text), { error: NO_ADDRESS })

/** Whether user and password are percent-encoded. If not, `/`, `?` or `#` in them end the host before the `@`. */
function isEscaped(text: string): boolean {
  const [, , behindHost = ''] = parts.exec(text) ?? []
  return !behindHost.includes('@') && !/\s/.test(text) && canDecode(text)
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

export function withDatabaseName(url: string | undefined, name: string | undefined): string | undefined {
  if (!url || !name) return url
  const named = new URL(url)
  named.pathname = `/${encodeURIComponent(name)}`
  return named.href
}
