import type { TestApp } from '../helpers/app.ts'
import type { BotApi } from '../helpers/botApi.ts'
import { type Person, person } from '../helpers/person.ts'
import { type Bubble, createRecord } from './record.ts'
import { END, heartbeats, PAUSED_AT, settings, today } from './services.ts'

interface Stage {
  app: TestApp
  botApi: BotApi
  chatId: string
}

/**
 * Lets the night pass: services beat, two of them go silent, and Ada does something about it.
 *
 * @returns the chat as it looks before she has seen the last alert
 */
export async function live(stage: Stage): Promise<Bubble[]> {
  const { app, botApi, chatId } = stage
  const ada = person(botApi, { chatId, firstName: 'Ada' })
  const record = createRecord(stage)
  let chat: Bubble[] = []
  const deeds: { at: number; act: () => unknown }[] = [
    { at: today('07:09'), act: () => acknowledge(stage, ada, 'Newsletter Bot is down') },
    { at: PAUSED_AT, act: () => app.api.services.pause.mutate({ serviceKey: 'trading-bot' }) },
    { at: today('09:15'), act: () => app.api.signal.mutate(ASKS_FOR_A_LOOK) },
    { at: today('09:18'), act: () => askForStatus() },
    { at: today('09:19'), act: () => (chat = record.asItIs()) },
    { at: today('09:20'), act: () => acknowledge(stage, ada, 'Payment Webhooks is down') },
    ...heartbeats().map(({ at, serviceKey }) => ({ at, act: () => app.beat(serviceKey) })),
  ]

  for (const one of settings) await app.api.services.configure.mutate(one)
  for (const { at, act } of deeds.sort((a, b) => a.at - b.at)) {
    await pass(at)
    await act()
    record.hear()
  }
  await pass(END)
  return chat

  async function pass(until: number): Promise<void> {
    await app.clock.advance(until - app.clock.now(), async () => {
      await app.settled()
      record.hear()
    })
  }

  async function askForStatus(): Promise<void> {
    record.write('/status shop')
    ada.write('/status shop')
    await botApi.nextMessage(({ buttons }) => buttons.flat().some(({ text }) => text.includes('Refresh')))
  }
}

async function acknowledge({ botApi, chatId }: Stage, by: Person, words: string): Promise<void> {
  const alert = await botApi.nextMessage((message) => message.chatId === chatId && message.text.includes(words))
  await by.press(alert, '👀')
  await botApi.untilEdited((one) => one === alert && one.text.includes('seen by'))
}

const ASKS_FOR_A_LOOK = {
  serviceKey: 'search-indexer',
  kind: 'attention',
  message: '3 documents could not be read',
} as const
