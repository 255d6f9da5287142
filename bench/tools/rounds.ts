function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values to take the median of')
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted.length >> 1
  return sorted.length % 2 === 1 ? Number(sorted[upper]) : (Number(sorted[upper - 1]) + Number(sorted[upper])) / 2
}

export interface Paired {
  /** The median of the ratios of the rounds. */
  ratio: number
  ours: number
  theirs: number
}

/** Measures two things in turns, so that a noisy neighbour meets both, and compares within each round. */
export async function paired(
  rounds: number,
  measureOurs: () => Promise<number>,
  measureTheirs: () => Promise<number>,
): Promise<Paired> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    theirs.push(await measureTheirs())
    ours.push(await measureOurs())
  }
  const ratios = ours.map((one, round) => one / Number(theirs[round]))
  return { ratio: median(ratios), ours: median(ours), theirs: median(theirs) }
}

/** The time that an action takes, in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

/** The median time of several runs of an action, in milliseconds. */
export async function medianTime(times: number, action: () => Promise<unknown>): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < times; time++) all.push(await timed(action))
  return median(all)
}
