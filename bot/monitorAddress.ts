/** The address of the monitor's API, as SERVICE_REGISTRY_URL and SERVICE_REGISTRY_KEY say it. */
export interface MonitorAddress {
  url: string
  key?: string | undefined
}

/** The address without user name and password, for people. */
export function shownAddress(url: string): string {
  const parsed = URL.parse(url)
  if (!parsed) return url
  parsed.username = parsed.password = ''
  return parsed.href.replace(/\/+$/, '')
}
