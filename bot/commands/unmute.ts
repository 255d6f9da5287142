import { rich } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { unmuteService } from '../ask/muteService.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'

export const unmute = serviceCommand({
  name: 'unmute',
  usage: '<key>',
  description: 'Alerts again',
  act: async (ctx, service) => show(ctx, rich(`🔔 ${await unmuteService(ctx, service)}`)),
})
