import type { Outgoing } from '../../server/delivery/notifier.ts'
import { startTestApp } from './app.ts'
import { createChat } from './chat.ts'
import { HOUR } from './clock.ts'
import { remember } from './told.ts'

/** An app that tells a webhook, which keeps what it hears, and a chat, in which messages can be edited. */
export async function startWithBoth(env: Record<string, string> = {}) {
  const events: Outgoing[] = []
  const chat = createChat()
  const webhook = { target: 'webhook', address: 'http://example.org', notifier: remember(events) }
  const app = await startTestApp({
    env: { DAILY_SUMMARY_TIME: 'off', ...env },
    proofEveryMs: HOUR,
    channels: [webhook, chat.channel],
  })
  return { app, chat, events, heard: () => events.map(({ data }) => String(data.event)) }
}
