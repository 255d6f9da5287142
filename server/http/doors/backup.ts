import type { TakeBackup } from '../../backup/stock.ts'
import type { Door } from '../door.ts'

/** `POST /backup`: streams a backup of the embedded database, which goes on working meanwhile. */
export function backupDoor(take: TakeBackup): Door {
  return {
    method: 'POST',
    url: '/backup',
    kind: 'admin',
    handle: (_request, reply) => reply.type('application/gzip').send(take()),
  }
}
