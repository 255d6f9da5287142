import { titled } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import type { Command } from '../command.ts'

export const summary: Command = {
  name: 'summary',
  description: 'The daily summary, as it would be now',
  onlyReads: true,
  async run(ctx) {
    const { messages } = await ctx.monitor.summary.query()
    for (const { title, body } of messages) await say(ctx, titled(title, ...(body === '' ? [] : [body])))
  },
}
