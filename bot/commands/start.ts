import { bold, code, rich } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import type { Command } from '../command.ts'

export const start: Command = {
  name: 'start',
  description: 'Says hello, and the number of this chat',
  onlyReads: true,
  run: (ctx) =>
    say(
      ctx,
      rich(
        bold('Hello! I watch your services.'),
        '\nThis chat is ',
        code(String(ctx.chatId)),
        '; alerts and the daily summary come here.',
        '\n/status shows how all are, /help what else I can do.',
        '\nA service is there once it has sent a heartbeat:\n',
        code(`curl -X POST '${ctx.registryUrl}/heartbeat?service_key=my-service'`),
      ),
    ),
}
