import { createStore } from '../store.ts'

const isStale = createStore(false)

export const noteStalePage = () => isStale.set(true)

/** Whether the server no longer has a part of this page, because it serves another version now. */
export const useStalePage = isStale.use
