import type { TakeBackup } from '../../backup/backup.ts'
import type { Door } from '../door.ts'

/** `POST /backup`: a copy of the embedded database, made while it goes on working. */
export function backupDoor(take: TakeBackup): Door {
  return {
    method: 'POST',
    url: '/backup',
    kind: 'admin',
    handle: (_request, reply) => reply.type('application/gzip').send(take()),
  }
}
