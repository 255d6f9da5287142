/** Finds an item of an answer by its service's key, with an index that is cached for each answer. */
export function finder<A extends object, T extends { serviceKey: string }>(itemsOf: (answer: A) => readonly T[]) {
  const indexes = new WeakMap<A, Map<string, T>>()
  return (answer: A, serviceKey: string): T | null => {
    let index = indexes.get(answer)
    if (!index) {
      index = new Map(itemsOf(answer).map((item) => [item.serviceKey, item]))
      indexes.set(answer, index)
    }
    return index.get(serviceKey) ?? null
  }
}
