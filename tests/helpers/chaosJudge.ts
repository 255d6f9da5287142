import type { Beaten } from './chaosHerd.ts'
import { baselessRepetitions, compare, recognize } from './chaosTold.ts'
import { compareWithSilences, contradictions, type Truth } from './chaosTruth.ts'

/** Everything that the chaos test knows at its end. Times are in epoch milliseconds. */
export interface Evidence {
  services: readonly Beaten[]
  limitMs: number
  truth: Truth
  /** The messages that the stand-in for Telegram accepted, in order. */
  accepted: readonly { text: string; at: number }[]
  /** The texts of attempts whose answer was lost on purpose. */
  lost: readonly { text: string; at: number }[]
  kills: readonly number[]
}

/** What went wrong, in words for the person who looks for the cause. The test expects all lists to be empty. */
export interface Faults {
  /** Incidents or recoveries that no message told. */
  missing: string[]
  /** Silences without an incident. */
  overlooked: string[]
  /** Incidents without a silence, and messages without an incident. */
  false: string[]
  /** Messages that came twice, and did not say "repeated". */
  doubled: string[]
  /** Messages that say "repeated", though no answer was lost. */
  baselessRepetitions: string[]
  /** Services whose messages came in a wrong order. */
  disordered: string[]
  /** Messages about something else, or that are not in the database. */
  unexpected: string[]
  /** Services whose incidents and transitions differ. */
  contradictions: string[]
}

export interface Verdict {
  faults: Faults
  counts: { incidents: number; down: number; recovered: number; accepted: number; repeated: number }
  /** Services whose heartbeats the test itself sent late, so that an incident without a silence proves nothing. */
  unjudged: string[]
}

export function judge({ services, limitMs, truth, accepted, lost, kills }: Evidence): Verdict {
  const told = recognize(accepted, truth.messages)
  const news = told.filter(({ isAgain, isRepeated }) => !(isAgain && isRepeated))
  const isJudged = ({ worstGapMs }: Beaten) => worstGapMs <= limitMs / 3
  const comparisons = services.map(({ key, name }) =>
    compare(
      name,
      news,
      truth.incidents.filter((incident) => incident.key === key),
    ),
  )
  const silences = services.map((one) => compareWithSilences(one, truth, limitMs))
  const countOf = (kind: string) => news.filter((one) => one.kind === kind).flatMap(({ names }) => names).length
  const texts = (some: readonly { text: string }[]) => some.map(({ text }) => text)
  return {
    faults: {
      missing: comparisons.flatMap(({ missing }) => missing),
      overlooked: silences.flatMap(({ overlooked }) => overlooked),
      false: [
        ...comparisons.flatMap(({ surplus }) => surplus),
        ...silences.flatMap(({ baseless }, index) => (isJudged(services[index] as Beaten) ? baseless : [])),
      ],
      doubled: texts(told.filter(({ isAgain, isRepeated }) => isAgain && !isRepeated)),
      baselessRepetitions: texts(baselessRepetitions(told, { lost, kills })),
      disordered: comparisons.flatMap(({ disordered }) => disordered),
      unexpected: texts(told.filter(({ kind, message }) => kind === 'other' || !message)),
      contradictions: services.flatMap((one) => contradictions(one, truth)),
    },
    counts: {
      incidents: truth.incidents.length,
      down: countOf('down'),
      recovered: countOf('recovered'),
      accepted: told.length,
      repeated: told.filter(({ isRepeated }) => isRepeated).length,
    },
    unjudged: services.filter((one) => !isJudged(one)).map(({ key, worstGapMs }) => `${key} (${worstGapMs} ms)`),
  }
}
