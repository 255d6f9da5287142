import { expect, test } from 'vitest'
import { createTelegramNotifier } from '../../bot/alert/notifier.ts'
import type { Outgoing } from '../../server/delivery/notifier.ts'
import { startBotApi } from '../helpers/botApi.ts'

const message = (given: Partial<Outgoing> = {}): Outgoing => ({
  id: '1795485746181-2',
  title: '🔴 Backup is down',
  body: 'failed at 12:00',
  repeated: false,
  data: { event: 'down', services: [{}] },
  ...given,
})

const over = message({ title: '✅ Backup was down', body: 'failed at 12:00', actions: [] })

async function start() {
  const botApi = await startBotApi()
  const { edit, send } = createTelegramNotifier({ token: botApi.token, apiRoot: botApi.url })
  if (!edit) throw new Error('Telegram can edit messages')
  return { botApi, send, edit }
}

test('a message that was sent can be made to say something else, and to say it again', async () => {
  const { botApi, send, edit } = await start()
  expect(await send('42', message())).toEqual({ outcome: 'sent', reference: '1' })
  expect(botApi.messages(42)[0]?.buttons).toHaveLength(2)
  expect(await edit('42', '1', over)).toEqual({ outcome: 'sent' })
  const edited = { text: '✅ Backup was down\nfailed at 12:00', entities: [{ type: 'bold', length: 17 }], buttons: [] }
  expect(botApi.messages(42)).toMatchObject([edited])
  expect(await edit('42', '1', over)).toEqual({ outcome: 'sent' })
  expect(botApi.messages(42)).toMatchObject([edited])
})

test('a message can answer another one, and is sent also if that is gone', async () => {
  const { botApi, send } = await start()
  await send('42', message())
  await send('42', message({ title: '🟢', data: { event: 'recovered' }, replyTo: '1' }))
  await send('42', message({ title: '🟢', data: { event: 'recovered' }, replyTo: '99' }))
  expect(botApi.messages(42)).toMatchObject([{ replyTo: null }, { replyTo: 1, buttons: [] }, { replyTo: null }])
})

test('a message that is not there cannot be edited, and never will be', async () => {
  const { botApi, edit } = await start()
  const refused = (answer: string) => ({
    outcome: 'refused',
    reason: `Telegram refused: 400 ${answer}`,
    permanent: true,
  })
  expect(await edit('42', '1', over)).toEqual(refused('Bad Request: message to edit not found'))
  botApi.failAt('editMessageText', { kind: 'error', code: 400, description: "Bad Request: message can't be edited" })
  expect(await edit('43', '1', over)).toEqual(refused("Bad Request: message can't be edited"))
})

test('an edit meets the same troubles as a message', async () => {
  const { botApi, edit } = await start()
  botApi.failAt('editMessageText', { kind: '429', retryAfter: 42 }, { kind: 'reset' })
  expect(await edit('42', '1', over)).toMatchObject({ outcome: 'refused', permanent: false, retryAfterMs: 42_000 })
  expect(await edit('43', '1', over)).toMatchObject({ outcome: 'lost' })
  botApi.migrate(-5, -1001234567890)
  expect(await edit('-5', '1', over)).toEqual({ outcome: 'moved', to: '-1001234567890' })
})
