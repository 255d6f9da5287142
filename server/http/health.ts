import type { Door } from './door.ts'

/** `/health`: the process is up. `/ready`: it also reaches its database and is listening. */
export function healthDoors(isReady: () => Promise<void>): Door[] {
  return [
    { method: 'GET', url: '/health', kind: 'open', handle: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      url: '/ready',
      kind: 'open',
      handle: async () => {
        await isReady()
        return { status: 'ready' }
      },
    },
  ]
}
