import { z } from 'zod'
import { closeGroup, openGroup } from '../../db/groups.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { type Group, listGroups } from './list.ts'

export const configureGroupInput = z.strictObject({ group: z.string(), public: z.boolean() })

/** Makes a group public or private. Everybody may see a public group, without a key. */
export async function configureGroup(deps: Deps, input: z.output<typeof configureGroupInput>): Promise<Group> {
  const { groups } = await listGroups(deps)
  const found = groups.find(({ group }) => group === input.group)
  if (!found)
    throw new CallerError('no_such_group', `no service is in a group "${input.group}"; groups.list names all groups`)
  await (input.public ? openGroup : closeGroup)(deps.db, input.group)
  return { ...found, public: input.public }
}
