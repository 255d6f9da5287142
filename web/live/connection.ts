import { useSyncExternalStore } from 'react'

export type Connection = 'connecting' | 'live' | 'lost' | 'resting'

/** Whether news arrives, and when some last did. */
export interface News {
  connection: Connection
  lastNewsAt: number | null
}

let news: News = { connection: 'connecting', lastNewsAt: null }
const watchers = new Set<() => void>()

/** That the server is there is news too; only a change of the connection is worth drawing. */
export function noteNews(at = Date.now()): void {
  news.lastNewsAt = at
}

export function setConnection(connection: Connection): void {
  if (connection === news.connection) return
  news = { ...news, connection }
  for (const onChange of watchers) onChange()
}

const subscribe = (onChange: () => void) => {
  watchers.add(onChange)
  return () => watchers.delete(onChange)
}

export const useNews = () => useSyncExternalStore(subscribe, () => news)
