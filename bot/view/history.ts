import { whyChanged } from '../../server/text/change.ts'
import { notListed } from '../../server/text/words.ts'
import type { Lines } from '../answer/listing.ts'
import { eachAt } from '../answer/times.ts'
import type { RouterOutputs } from '../outputs.ts'
import { symbolOf } from './about.ts'
import { namesIn } from './names.ts'

type Transition = RouterOutputs['history']['transitions'][number]

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
    const more = notListed(one.condensed)
    if (one.reason === 'pause') return `${at} ⏸ ${who}paused, was ${one.from}${more}`
    return `${at} ${symbolOf({ status: one.to, paused: false })} ${who}${one.to}: ${whyChanged(one.reason)}${more}`
  })
  const none = ['Nothing has changed yet.']
  return { title: `📜 ${of.title}`, lines: (lines.length > 0 ? lines : none).map((text) => ({ text })) }
}
