import type { Door } from '../door.ts'

/** `/health`: the process is up. `/ready`: it also reaches its database and is listening. */
export function healthDoors(isReady: () => Promise<void>): Door[] {
  return [
    { method: 'GET', url: '/health', kind: 'probe', handle: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      url: '/ready',
      kind: 'probe',
      handle: async () => {
        await isReady()
        return { status: 'ready' }
      },
    },
  ]
}
