import type { Beaten } from './chaosHerd.ts'
import { baselessRepetitions, compare, recognize } from './chaosTold.ts'
import { compareWithSilences, contradictions, type Truth } from './chaosTruth.ts'

/** What there is to judge by; times in epoch milliseconds. */
export interface Evidence {
  services: readonly Beaten[]
  limitMs: number
  truth: Truth
  /** What people got, in its order. */
  accepted: readonly { text: string; at: number }[]
  /** Attempts whose answer was lost, by what they said. */
  lost: readonly { text: string; at: number }[]
  kills: readonly number[]
}

/** What is wrong, as sentences for whoever must find out why; nothing of it may be. */
export interface Faults {
  /** Told too seldom. */
  missing: string[]
  /** A silence without an incident. */
  overlooked: string[]
  /** An incident without a silence, or told too often. */
  false: string[]
  doubled: string[]
  baselessRepetitions: string[]
  disordered: string[]
  /** Neither that a service is down nor that it is alive again, or never written. */
  unexpected: string[]
  contradictions: string[]
}

export interface Verdict {
  faults: Faults
  counts: { incidents: number; down: number; recovered: number; accepted: number; repeated: number }
  /** Services whose heartbeats the test itself let come late, so that an incident of theirs would prove nothing. */
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
