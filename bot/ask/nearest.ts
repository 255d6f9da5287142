import Fuse from 'fuse.js'

/** Fuzzy search blocks the process, and takes longer the more it is given. */
const LONGEST_PATTERN = 32
const MOST_SEARCHED = 500

/** Fuzzy search: finds what mistyped words may mean, the nearest first. A smaller score is nearer. */
export function nearestTo<T>(
  words: string,
  all: readonly T[],
  textsOf: (one: T) => string[],
  limit = 6,
): { item: T; score: number }[] {
  const pattern = words.slice(0, LONGEST_PATTERN)
  const candidates =
    all.length <= MOST_SEARCHED ? all : all.filter((one) => haveInCommon(pattern, textsOf(one))).slice(0, MOST_SEARCHED)
  const fuse = new Fuse(
    candidates.map((item) => ({ item, texts: textsOf(item) })),
    { keys: ['texts'], threshold: 0.45, ignoreLocation: true, includeScore: true },
  )
  return fuse.search(pattern, { limit }).map(({ item, score = 1 }) => ({ item: item.item, score }))
}

/** Whether one of the texts has three characters in a row that the pattern has too. */
function haveInCommon(pattern: string, texts: readonly string[]): boolean {
  const wanted = pattern.toLowerCase()
  const found = texts.map((text) => text.toLowerCase())
  for (let start = 0; start + 3 <= wanted.length; start++) {
    const three = wanted.slice(start, start + 3)
    if (found.some((text) => text.includes(three))) return true
  }
  return wanted.length < 3
}
