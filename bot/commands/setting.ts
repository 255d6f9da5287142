import type { Rich } from '../answer/rich.ts'
import { show } from '../answer/say.ts'
import { ask } from '../ask/prompt.ts'
import { serviceCommand } from '../ask/serviceCommand.ts'
import { asName } from '../ask/words.ts'
import type { NamedService, ServiceCommand } from '../command.ts'
import type { BotContext } from '../context.ts'
import type { Settings } from '../view/about.ts'

interface Setting extends Pick<ServiceCommand, 'name' | 'usage' | 'description'> {
  /** Asks for the text if none was written. The name of the service is appended. */
  question: string
  placeholder: string
  set: (ctx: BotContext, serviceKey: string, text: string | null) => Promise<Settings>
  said: (service: NamedService, settings: Settings) => Rich
}

/** Makes a command that sets one text of a service. The text `-` clears it. */
export function settingCommand({ placeholder, set, said, question, ...command }: Setting): ServiceCommand {
  return serviceCommand({
    ...command,
    question,
    takesWords: true,
    async act(ctx, service, words) {
      const text = asName(words)
      if (text === '') return ask(ctx, question, service, placeholder)
      const settings = await set(ctx, service.serviceKey, text === '-' ? null : text)
      return show(ctx, said(service, settings))
    },
  })
}
