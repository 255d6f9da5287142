import type { Command } from '../command.ts'
import { titled } from '../rich.ts'
import { say } from '../say.ts'

export const summary: Command = {
  name: 'summary',
  description: 'The daily summary, as it would be now',
  onlyReads: true,
  async run(ctx) {
    const { messages } = await ctx.monitor.summary.query()
    for (const { title, body } of messages) await say(ctx, titled(title, ...(body === '' ? [] : [body])))
  },
}
