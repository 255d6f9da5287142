import { unmute as unmuteService } from '../mute.ts'
import { rich } from '../rich.ts'
import { show } from '../say.ts'
import { serviceCommand } from '../serviceCommand.ts'

export const unmute = serviceCommand({
  name: 'unmute',
  usage: '<key>',
  description: 'Alerts again',
  act: async (ctx, service) => show(ctx, rich(`🔔 ${await unmuteService(ctx, service)}`)),
})
