/** Finds one of an answer's items by its key, in every answer as soon as it was found in one. */
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
