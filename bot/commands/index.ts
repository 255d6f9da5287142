import type { Command } from '../command.ts'
import { acknowledge } from './acknowledge.ts'
import { group } from './group.ts'
import { groups } from './groups.ts'
import { helpOn } from './help.ts'
import { history } from './history.ts'
import { mute } from './mute.ts'
import { pause } from './pause.ts'
import { remove } from './remove.ts'
import { rename } from './rename.ts'
import { resume } from './resume.ts'
import { service } from './service.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { statusFull } from './statusFull.ts'
import { summary } from './summary.ts'
import { unmute } from './unmute.ts'
import { why } from './why.ts'

/** All commands, in the order of the menu. */
export const commands: readonly Command[] = [
  status,
  statusFull,
  service,
  why,
  history,
  acknowledge,
  mute,
  unmute,
  pause,
  resume,
  rename,
  group,
  groups,
  remove,
  summary,
  helpOn(() => commands),
  start,
]
