import { expect, test } from 'vitest'
import { afterSignal } from '../../server/lifecycle/signal.ts'
import type { ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { beating, rules } from '../helpers/state.ts'

const failed = beating({ status: 'down', statusSince: 3 * DAY, failing: true, silenceSince: 3 * DAY })
const silent = beating({ status: 'down', statusSince: 10 * MINUTE })

const failsAt = (service: ServiceState, at: number) => afterSignal(service, { kind: 'fail', at }, rules, [])
const shown = ({ changes }: ReturnType<typeof failsAt>) =>
  changes.map(({ from, to, at, reason, isCause = false }) => [`${from} → ${to}: ${reason}`, at, isCause])

test.each<[string, ServiceState, number, unknown[]]>([
  ['of a service that is alive is a transition', beating(), MINUTE, [['alive → down: fail', MINUTE, false]]],
  ['of one that has failed is another cause', failed, 4 * DAY, [['down → down: fail', 4 * DAY, true]]],
  ['of one that is silent is another cause', silent, HOUR, [['down → down: fail', HOUR, true]]],
  [
    'of one whose silence nobody has recorded yet is both',
    beating(),
    HOUR,
    [
      ['alive → down: silence', 10 * MINUTE, false],
      ['down → down: fail', HOUR, true],
    ],
  ],
  ['by a clock behind comes no sooner than it was down', failed, 1 * DAY, [['down → down: fail', 3 * DAY, true]]],
  ['of a dead service is a transition', beating({ status: 'dead' }), 9 * DAY, [['dead → down: fail', 9 * DAY, false]]],
  ['of a paused one is nothing', { ...failed, pausedAt: 3 * DAY }, 4 * DAY, []],
])('a failure %s', (_title, service, at, expected) => {
  expect(shown(failsAt(service, at))).toEqual(expected)
})

test('another cause does not change since when a service is down', () => {
  const { state } = failsAt(silent, HOUR)
  expect(state).toMatchObject({ status: 'down', statusSince: 10 * MINUTE, failing: true, silenceSince: HOUR })
})
