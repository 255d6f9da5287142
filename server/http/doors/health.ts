import type { Door } from '../door.ts'

/** Health checks. `/health`: the process is up (liveness). `/ready`: its database answers too (readiness). */
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
