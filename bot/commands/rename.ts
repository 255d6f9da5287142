import { harmless } from '../../server/text/words.ts'
import { titled } from '../answer/rich.ts'
import { nameOf } from '../view/names.ts'
import { settingCommand } from './setting.ts'

export const rename = settingCommand({
  name: 'rename',
  usage: '<key> [new name]',
  description: 'Give a service another name; "-" takes it back',
  question: '✏️ What is the new name of',
  placeholder: 'New name',
  set: ({ monitor }, serviceKey, displayName) => monitor.services.configure.mutate({ serviceKey, displayName }),
  said: (service, settings) =>
    titled(
      `✏️ ${nameOf(service)} is now called ${nameOf(settings)}`,
      `Its key stays ${harmless(service.serviceKey, 200)}.`,
    ),
})
