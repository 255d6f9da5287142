export type View = 'overview' | 'service' | 'send' | 'history' | 'monitor' | 'public'

/** What the part of the address after `#` asks for. */
export interface Route {
  view: View | 'nothing'
  /** The service or group, where a view is about one. */
  of: string | null
  filter: URLSearchParams
}

/** Reads an address such as `/#/service/nightly-backup` or `/#/history?status=down`. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const [name = '', of] = path.split('/')
  const view = name === '' ? 'overview' : views.find((known) => known === name)
  return { view: view ?? 'nothing', of: of ? decoded(of) : null, filter: new URLSearchParams(query) }
}

const views: View[] = ['service', 'send', 'history', 'monitor', 'public']

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The address of a view. Empty parts of the filter are left out. */
export function hashOf(view: View, of?: string | null, filter: Record<string, string | null | undefined> = {}): string {
  const path = view === 'overview' ? '' : view
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value)
  return `#/${path}${of ? `/${encodeURIComponent(of)}` : ''}${query.size > 0 ? `?${query}` : ''}`
}
