import { notListed } from '../../server/text/words.ts'
import type { Lines } from '../answer/listing.ts'
import { eachAt } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { symbolOf } from './about.ts'
import { namesIn } from './names.ts'

type Transition = RouterOutputs['history']['transitions'][number]

const reasons = new Map([
  ['silence', 'no heartbeat'],
  ['fail', 'it failed'],
  ['heartbeat', 'a heartbeat came'],
  ['learned', 'its rhythm is known'],
  ['schedule', 'by its new schedule'],
  ['resume', 'resumed'],
])

/** Lists changes of status, newest first. `of` says what they are of. */
export function historyLines(
  transitions: readonly Transition[],
  now: string,
  of: { title: string; isService: boolean },
): Lines {
  const name = namesIn([...new Map(transitions.map((one) => [one.serviceKey, one])).values()])
  const times = eachAt(
    transitions.map((one) => one.at),
    now,
  )
  const lines = transitions.map((one, index) => {
    const at = times[index]
    const who = of.isService ? '' : `${name(one)} — `
    // A pause ends what was down, and is no recovery.
    if (one.reason === 'pause') return `${at} ⏸ ${who}paused, was ${one.from}${notListed(one.condensed)}`
    const why = reasons.get(one.reason) ?? one.reason
    return `${at} ${symbolOf({ status: one.to, paused: false })} ${who}${one.to}: ${why}${notListed(one.condensed)}`
  })
  const none = ['Nothing has changed yet.']
  return { title: `📜 ${of.title}`, lines: (lines.length > 0 ? lines : none).map((text) => ({ text })) }
}
