/** Waits for a promise, and rejects after `ms` (a timeout). The work behind the promise goes on. */
export function withTimeout<T>(ms: number, promised: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, ms, new Error('timeout expired'))
  })
  return Promise.race([promised, late]).finally(() => clearTimeout(timer))
}
