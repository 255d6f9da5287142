import { harmless } from '../../server/text/words.ts'
import { titled } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { nameOf } from '../view/names.ts'

export const pause = serviceCommand({
  name: 'pause',
  takesWords: true,
  usage: '<key> [until heartbeat]',
  description: 'Do not judge a service until it is resumed',
  async act(ctx, service, words) {
    const { serviceKey } = service
    const untilHeartbeat = /^(until )?(its? )?(next )?heartbeat$/i.test(words)
    if (words !== '' && !untilHeartbeat) {
      const cure = `It lasts until /resume ${serviceKey}, or with "until heartbeat" until the next one. For a time: /mute ${serviceKey} 2h`
      return show(ctx, titled(`A pause does not take "${harmless(words, 60)}"`, cure))
    }
    await ctx.monitor.services.pause.mutate({ serviceKey, untilHeartbeat })
    const end = untilHeartbeat ? 'its next heartbeat resumes it' : `/resume ${serviceKey} ends it`
    return show(ctx, titled(`⏸ ${nameOf(service)} is paused`, `It is not judged and nothing is told; ${end}.`))
  },
})
