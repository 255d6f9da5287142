import { createStore } from '../store.ts'

export type Connection = 'connecting' | 'live' | 'lost' | 'resting'

/** The state of the event streams, and when the last news came over them. */
export interface News {
  connection: Connection
  lastNewsAt: number | null
}

const news = createStore<News>({ connection: 'connecting', lastNewsAt: null })
/** Kept beside the store, since news comes often, and only a change of the connection is worth a render. */
let lastNewsAt: number | null = null

export function noteNews(at = Date.now()): void {
  lastNewsAt = at
}

export function setConnection(connection: Connection): void {
  if (connection !== news.get().connection) news.set({ connection, lastNewsAt })
}

export const useNews = news.use
