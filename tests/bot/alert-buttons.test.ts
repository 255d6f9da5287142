import { expect, test } from 'vitest'
import { alertButtons } from '../../bot/alert/buttons.ts'
import type { Outgoing } from '../../server/delivery/notifier.ts'

const alert = (services: number, more: Partial<Outgoing> = {}): Outgoing => ({
  id: '1795485746181-2',
  title: '🔴',
  body: '',
  repeated: false,
  data: { event: 'down', services: Array.from({ length: services }, () => ({})) },
  ...more,
})

const labels = (message: Outgoing) => alertButtons(message).map((row) => row.map(({ text }) => text))

test('an alert can be acknowledged, explained and muted', () => {
  expect(alertButtons(alert(1))).toEqual([
    [
      { text: '👀 Acknowledge', callback_data: 'alert:ack:1795485746181-2' },
      { text: 'Why', callback_data: 'alert:why:1795485746181-2' },
    ],
    [
      { text: '🔕 1 h', callback_data: 'alert:1h:1795485746181-2' },
      { text: '🔕 Until it recovers', callback_data: 'alert:recovered:1795485746181-2' },
    ],
  ])
})

test('the buttons of an alert about several say so', () => {
  expect(labels(alert(2, { data: { event: 'reminder', services: [{}, {}] } }))).toEqual([
    ['👀 Acknowledge all', 'Why'],
    ['🔕 All 1 h', '🔕 All until they recover'],
  ])
})

test.each<[Outgoing['actions'] & object, string[][]]>([
  [
    ['why', 'mute'],
    [['Why'], ['🔕 1 h', '🔕 Until it recovers']],
  ],
  [['acknowledge', 'why'], [['👀 Acknowledge', 'Why']]],
  [['why'], [['Why']]],
  [[], []],
])('what is done has no button: %j is left', (actions, left) => {
  expect(labels(alert(1, { actions }))).toEqual(left)
})

test.each(['recovered', 'outage', 'summary'])('nothing can be done about a message of the kind %s', (event) => {
  expect(alertButtons(alert(1, { data: { event, services: [{}] } }))).toEqual([])
})

test('what a button carries fits into it, however many alerts there have been', () => {
  const buttons = alertButtons(alert(1, { id: '999999999999999-999999999999999' })).flat()
  expect(buttons).toHaveLength(4)
  for (const { callback_data } of buttons) expect(Buffer.byteLength(callback_data)).toBeLessThanOrEqual(64)
})
