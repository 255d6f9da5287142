// biome-ignore lint/suspicious/noExplicitAny: with any other type a function with stricter arguments would not fit
export type AnyFunction<Result = any> = (this: any, ...args: any[]) => Result

/** Wraps a function in another one that has its name, its length and its type. */
export function keepShape<F extends AnyFunction>(
  fn: F,
  wrapper: string,
  around: (self: unknown, args: unknown[]) => unknown,
): F {
  if (typeof fn !== 'function') {
    throw new TypeError(`${wrapper} goes around a function, or as a standard decorator on a method; got ${typeof fn}`)
  }
  const wrapped = function (this: unknown, ...args: unknown[]) {
    return around(this, args)
  }
  for (const name of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, name, { value: fn[name], configurable: true })
  }
  return wrapped as F
}
