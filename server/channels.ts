import { createTelegramNotifier } from '../bot/alert/notifier.ts'
import type { Config } from './config.ts'
import type { Channel } from './delivery/channel.ts'
import { createLogNotifier } from './delivery/log.ts'
import { createWebhookNotifier } from './delivery/webhook.ts'
import type { Log } from './log.ts'

/** Makes the channels that the settings name: each chat and the webhook, or the log if there is neither. */
export function channelsOf({ telegram, alertWebhookUrl }: Config, log: Log): Channel[] {
  const channels: Channel[] = []
  const { token, chatIds, apiRoot } = telegram
  if (token && chatIds.length > 0) {
    const notifier = createTelegramNotifier({ token, apiRoot })
    for (const address of chatIds) channels.push({ target: `telegram:${address}`, address, notifier })
  }
  if (alertWebhookUrl) {
    channels.push({ target: 'webhook', address: alertWebhookUrl, notifier: createWebhookNotifier() })
  }
  if (channels.length === 0) channels.push({ target: 'log', address: 'log', notifier: createLogNotifier(log) })
  return channels
}

/** Logs where alerts go, and faults of the settings that only the other side can tell. A start must not wait for it. */
export async function checkChannels({ telegram }: Config, channels: readonly Channel[], log: Log): Promise<void> {
  const { token, chatIds } = telegram
  const targets = channels.map(({ target }) => target).join(', ')
  const logAlone = 'this log alone; set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or ALERT_WEBHOOK_URL'
  log.info(`alerts and summaries go to ${targets === 'log' ? logAlone : targets}`)
  if (token && chatIds.length === 0)
    log.warn('TELEGRAM_BOT_TOKEN is set, but not to whom to write: set TELEGRAM_CHAT_ID')
  if (!token && chatIds.length > 0) log.warn('TELEGRAM_CHAT_ID is set, but not by whom: set TELEGRAM_BOT_TOKEN')
  for (const [notifier, sameNotifier] of Map.groupBy(channels, (channel) => channel.notifier)) {
    const sentences = (await notifier.check?.(sameNotifier.map(({ address }) => address))) ?? []
    for (const sentence of sentences) log.warn(sentence)
  }
}
