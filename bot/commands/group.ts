import { harmless } from '../../server/text/words.ts'
import { rich } from '../answer/rich.ts'
import { nameOf } from '../view/names.ts'
import { settingCommand } from './setting.ts'

export const group = settingCommand({
  name: 'group',
  usage: '<key> [group]',
  description: 'Put a service into a group; "-" takes it out',
  question: '📁 Which group is to have',
  placeholder: 'Group',
  set: ({ monitor }, serviceKey, group) => monitor.services.configure.mutate({ serviceKey, group }),
  said(service, { group }) {
    const place = group === null ? 'is in no group now' : `is in the group ${harmless(group)} now`
    return rich(`📁 ${nameOf(service)} ${place}`)
  },
})
