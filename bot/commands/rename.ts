import { harmless } from '../../server/text/words.ts'
import { titled } from '../answer/rich.ts'
import { UserError } from '../ask/errors.ts'
import { nameOf } from '../view/names.ts'
import { settingCommand } from './setting.ts'

export const rename = settingCommand({
  name: 'rename',
  usage: '<key> [new name]',
  description: 'Give a service another name; "-" takes it back',
  question: '✏️ What is the new name of',
  placeholder: 'New name',
  async set({ monitor }, serviceKey, displayName) {
    // The API tells only which field is wrong, so this fault of a name is found here. The other one is its length.
    if (displayName && /\p{Cc}/u.test(displayName)) throw new UserError('A name must not contain control characters')
    return monitor.services.configure.mutate({ serviceKey, displayName })
  },
  said: (service, settings) =>
    titled(
      `✏️ ${nameOf(service)} is now called ${nameOf(settings)}`,
      `Its key stays ${harmless(service.serviceKey, 200)}.`,
    ),
})
