import { titled } from '../answer/rich.ts'
import { say } from '../answer/say.ts'
import type { Command } from '../command.ts'

/** Makes /help. The commands come by a function because /help is one of them. */
export function helpOn(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    description: 'What I can do',
    onlyReads: true,
    run: (ctx) => say(ctx, titled('What I can do', ...commands().map(line), '', ...remarks)),
  }
}

const line = ({ name, usage, description }: Command) => `/${name}${usage ? ` ${usage}` : ''} — ${description}`

const remarks = [
  'Name a service by its key or its name. Without one I offer the services as buttons.',
  'Alerts come by themselves, with buttons to say that you have seen them.',
]
