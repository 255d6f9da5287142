import { type Attack, bearer, call, HARMLESS, query, type Target } from './attack.ts'

const LONG = 50_000

/** Cron lines on which a careless pattern (ReDoS), or a search for the next due time, would not end. */
const CRON = [
  '0 0 30 2 *',
  '0 0 31 2,4,6,9,11 *',
  '59 23 31 12 7#5',
  '0 0 29 2 1',
  '* * * * * *',
  '*/1000000000 * * * *',
  '0-59/0 * * * *',
  '9999999999999 * * * *',
  '-1 * * * *',
  '1e9 * * * *',
  `${'1,'.repeat(20_000)}1 * * * *`,
  `${'*/1,'.repeat(10_000)}1 * * * *`,
  `${'0-59,'.repeat(10_000)}0 * * * *`,
  `${' '.repeat(LONG)}* * * * *`,
  '*\t'.repeat(20_000),
  `${'L'.repeat(LONG)} * * * *`,
  '0 0 LW * *',
  '0 0 * * MON#9',
  '@yearly'.repeat(5_000),
  '0 0 1 1 * 9999',
  '0 0 0 30 2 * 2999',
  '? ? ? ? ?',
  '0 0 31W 2 *',
  '0 0 +31 2 +1',
]
const ZONES = [
  'Etc/GMT+99',
  '+25:00',
  '../Europe/Berlin',
  'A/'.repeat(LONG / 2),
  'a'.repeat(LONG),
  'UTC\0',
  '',
  'Europe/Berlin;x',
  '__proto__',
  'Europe/ßerlin',
]
const FILTERS = [
  'a'.repeat(15_000),
  `${'a'.repeat(7_000)}!`,
  '(a+)+$',
  '%'.repeat(4_000),
  '\\'.repeat(7_000),
  ','.repeat(14_000),
  ' '.repeat(4_000),
  '😀'.repeat(1_000),
  `${'down,'.repeat(2_800)}x`,
]

export function patterns({ owner }: Target): Attack[] {
  const headers = bearer(owner)
  const preview = (input: object) => ({ path: query('schedulePreview', input), headers })
  return [
    ...CRON.flatMap((schedule) => [
      {
        name: `configured: ${schedule.slice(0, 24)}`,
        request: call(
          'services.configure',
          { serviceKey: 'inj-cron', schedule, timezone: 'Antarctica/Troll' },
          headers,
        ),
        expect: HARMLESS,
      },
      {
        name: `previewed: ${schedule.slice(0, 24)}`,
        request: preview({ schedule: schedule.slice(0, 4_000) }),
        expect: HARMLESS,
      },
      {
        name: `beaten: ${schedule.slice(0, 24)}`,
        request: { method: 'POST', path: '/heartbeat/inj-cron', headers },
        expect: [200],
      },
    ]),
    ...ZONES.flatMap((timezone) => [
      {
        name: `the zone ${timezone.slice(0, 24)}`,
        request: call('services.configure', { serviceKey: 'inj-cron', timezone }, headers),
        expect: [400],
      },
      {
        name: `previewed in ${timezone.slice(0, 24)}`,
        request: preview({ schedule: '* * * * *', timezone: timezone.slice(0, 4_000) }),
        expect: HARMLESS,
      },
    ]),
    ...FILTERS.flatMap((text) =>
      ['group', 'status', 'service_key', 'cursor', 'limit'].map((field) => ({
        name: `${field} of ${text.slice(0, 12)}…`,
        request: { path: `/status?${field}=${encodeURIComponent(text).slice(0, 15_000).replace(/%.?$/, '')}`, headers },
        expect: HARMLESS,
      })),
    ),
    ...[
      `Bearer${' '.repeat(7_000)}x y`,
      `Bearer ${'x '.repeat(3_500)}`,
      `${'Bearer '.repeat(2_000)}`,
      `Bearer${'\t'.repeat(7_000)}`,
    ].map((Authorization, index) => ({
      name: `an Authorization of blanks ${index + 1}`,
      request: { path: '/status', headers: { Authorization } },
      expect: [400, 401],
    })),
    ...[
      '=;'.repeat(7_000),
      `stillbeat_session=${'"'.repeat(7_000)}`,
      `${' '.repeat(14_000)}=`,
      `a=${'%'.repeat(14_000)}`,
    ].map((Cookie, index) => ({
      name: `a cookie of signs ${index + 1}`,
      request: { path: '/status', headers: { Cookie } },
      expect: [400, 401],
    })),
    ...['1e999999', `${'9'.repeat(1_000)}`, '1'.repeat(30_000)].map((time) => ({
      name: `since ${time.slice(0, 12)}`,
      request: call('services.configure', { serviceKey: 'inj-cron', mutedUntil: time }, headers),
      expect: [400],
    })),
  ]
}
