/** Where the API of the monitor is. */
export interface Registry {
  url: string
  key?: string | undefined
}

/** An address as people may see it. */
export function shownAddress(url: string): string {
  const parsed = URL.parse(url)
  if (!parsed) return url
  parsed.username = parsed.password = ''
  return parsed.href.replace(/\/+$/, '')
}
