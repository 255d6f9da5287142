import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type CallbackData,
  decode,
  dereference,
  encode,
  historyFilter,
  type Prefix,
  pickPrefix,
  readHistoryFilter,
  referenceTo,
} from '../../bot/callbackData.ts'
import { commands } from '../../bot/commands/index.ts'

const LONG = 'x'.repeat(29)
const LONG_REFERENCE = '#FwIkWseFgcMhh1C5qoxFQD'

/** Messages in chats have these: none may ever change, or a button that is there would be of no use. */
const sent: { [text: string]: { [P in Prefix]?: CallbackData[P] } } = {
  'alert:ack:1795485746181-2': { alert: { verb: 'ack', alertId: '1795485746181-2' } },
  'alert:why:1-2': { alert: { verb: 'why', alertId: '1-2' } },
  'alert:1h:1-2': { alert: { verb: '1h', alertId: '1-2' } },
  'alert:recovered:1-2': { alert: { verb: 'recovered', alertId: '1-2' } },
  'alert:unmute:1-2': { alert: { verb: 'unmute', alertId: '1-2' } },
  'service:refresh:=api': { service: { verb: 'refresh', service: '=api' } },
  'service:1h:=etl:eu/1': { service: { verb: '1h', service: '=etl:eu/1' } },
  [`service:8h:${LONG_REFERENCE}`]: { service: { verb: '8h', service: referenceTo(LONG) } },
  'service:recovered:=api': { service: { verb: 'recovered', service: '=api' } },
  'service:good:=api': { service: { verb: 'good', service: '=api' } },
  'service:unmute:=api': { service: { verb: 'unmute', service: '=api' } },
  'service:pause:=api': { service: { verb: 'pause', service: '=api' } },
  'service:resume:=api': { service: { verb: 'resume', service: '=api' } },
  'service:seen:=web shop': { service: { verb: 'seen', service: '=web shop' } },
  'mute:1h:=api': { mute: { verb: '1h', service: '=api' } },
  'mute:8h:=api': { mute: { verb: '8h', service: '=api' } },
  'mute:1d:=api': { mute: { verb: '1d', service: '=api' } },
  'mute:recovered:=api': { mute: { verb: 'recovered', service: '=api' } },
  'mute:good:=a:b:c': { mute: { verb: 'good', service: '=a:b:c' } },
  'remove:yes:=api': { remove: { verb: 'yes', service: '=api' } },
  'remove:keep:=api': { remove: { verb: 'keep', service: '=api' } },
  'pick_why::=api': { pick_why: { service: '=api', words: '' } },
  'pick_mute:until 23\t30:=api': { pick_mute: { service: '=api', words: 'until 23:30' } },
  'pick_acknowledge:2:': { pick_acknowledge: { page: 2 } },
  'status:0:': { status: { page: 0, filter: '' } },
  'status:r:': { status: { above: [], filter: '' } },
  'status:r1234567890,1234567891:=Billing EU': { status: { above: [1234567890, 1234567891], filter: '=Billing EU' } },
  'full:3:=a:b': { full: { page: 3, filter: '=a:b' } },
  'groups:r17:': { groups: { above: [17], filter: '' } },
  'history:1:k15=api': { history: { page: 1, filter: 'k15=api' } },
  [`history:r1234567890,1234567891:k200=${'x'.repeat(28)}`]: {
    history: { above: [1234567890, 1234567891], filter: `k200=${'x'.repeat(28)}` },
  },
}

test.each(Object.entries(sent))('a button carries %j, and it is read as it was meant', (text, meant) => {
  const [prefix, data] = Object.entries(meant)[0] as [Prefix, CallbackData[Prefix]]
  expect(encode(prefix, data)).toBe(text)
  expect(decode(text)).toEqual({ prefix, data })
})

test.each<[string, Parameters<typeof historyFilter>[0]]>([
  ['a15', { of: 'all', count: 15, reference: '' }],
  ['k1=a:b', { of: 'service', count: 1, reference: '=a:b' }],
  ['g200=Billing EU', { of: 'group', count: 200, reference: '=Billing EU' }],
  ['s20=down', { of: 'status', count: 20, reference: '=down' }],
])('the filter %s of a history is read as it was meant', (text, meant) => {
  expect(historyFilter(meant)).toBe(text)
  expect(readHistoryFilter(text)).toEqual(meant)
})

test.each(['', 'ack', 'status', 'status:0', 'older:1:2', 'alert:ignore:1-2', 'mute:2h:=api', 'constructor:1h:=api'])(
  'what no button carries is nothing: %j',
  (text) => {
    expect(decode(text)).toBeNull()
  },
)

test.each(['x12', '', 'k=api', '15'])('what is no filter of a history is nothing: %j', (text) => {
  expect(readHistoryFilter(text)).toBeNull()
})

test('a number of a page that makes no sense is the first page', () => {
  for (const what of ['', 'x', 'NaN']) expect(decode(`status:${what}:`)?.data).toEqual({ page: 0, filter: '' })
  expect(decode('pick_mute:x:')?.data).toEqual({ page: 0 })
})

test('what Telegram would refuse is an error here, which names it', () => {
  const alertId = '1'.repeat(60)
  expect(() => encode('alert', { verb: 'ack', alertId })).toThrow(RangeError)
  expect(() => encode('alert', { verb: 'ack', alertId })).toThrow(`"alert:ack:${alertId}" has 70`)
})

/** Any character, of one byte to four, and so many that most are too long for a button. */
const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 40 }))
/** Telegram numbers messages with 32 bits. */
const messageId = fc.nat({ max: 2 ** 31 - 1 })
const above = fc.array(messageId, { maxLength: 2 })

const bytesOf = (text: string) => Buffer.byteLength(text)

test('no key has data of more than 64 bytes, and each is found again', async () => {
  await fc.assert(
    fc.asyncProperty(name, fc.array(name), async (key, others) => {
      const service = referenceTo(key)
      const texts = [
        ...(['refresh', 'recovered'] as const).map((verb) => encode('service', { verb, service })),
        encode('mute', { verb: 'recovered', service }),
        encode('remove', { verb: 'keep', service }),
        ...commands.map((command) => encode(pickPrefix(command.name), { service, words: '' })),
      ]
      for (const text of texts) {
        expect(bytesOf(text)).toBeLessThanOrEqual(64)
        expect(decode(text)?.data).toMatchObject({ service })
      }
      expect(await dereference(service, async () => [...others, key])).toBe(key)
    }),
  )
})

test('no group, and no filter of a history, has data of more than 64 bytes, and each is found again', async () => {
  const of = fc.constantFrom('service' as const, 'group' as const)
  await fc.assert(
    fc.asyncProperty(name, above, of, fc.integer({ min: 1, max: 200 }), async (group, messages, kind, count) => {
      const reference = referenceTo(group)
      for (const prefix of ['status', 'full', 'groups'] as const) {
        for (const data of [
          { above: messages, filter: reference },
          { page: 999, filter: reference },
        ]) {
          const text = encode(prefix, data)
          expect(bytesOf(text)).toBeLessThanOrEqual(64)
          expect(decode(text)).toEqual({ prefix, data })
        }
      }
      const filter = historyFilter({ of: kind, count, reference })
      const text = encode('history', { above: messages, filter })
      expect(bytesOf(text)).toBeLessThanOrEqual(64)
      expect(decode(text)?.data).toEqual({ above: messages, filter })
      expect(readHistoryFilter(filter)).toEqual({ of: kind, count, reference })
      expect(await dereference(reference, async () => [group])).toBe(group)
    }),
  )
})

test('a tab in words does not come back as a colon', () => {
  const text = encode(pickPrefix('rename'), { service: '=api', words: 'My\tJob: 2' })
  expect(decode(text)?.data).toEqual({ service: '=api', words: 'My Job: 2' })
})

test('no words have data of more than 64 bytes: they come back whole, or not at all if they are too long', () => {
  const takeWords = commands.filter((command) => 'takesWords' in command && command.takesWords)
  expect(takeWords.map((command) => command.name)).toContain('history')
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('until 23:30', ':::', '1h', 'a\tb'),
  )
  fc.assert(
    fc.property(name, words, (key, said) => {
      for (const { name: command } of takeWords) {
        const text = encode(pickPrefix(command), { service: referenceTo(key), words: said })
        expect(bytesOf(text)).toBeLessThanOrEqual(64)
        const kept = bytesOf(said) <= 18 ? said.replaceAll('\t', ' ') : ''
        expect(decode(text)?.data).toEqual({ service: referenceTo(key), words: kept })
      }
    }),
  )
})
