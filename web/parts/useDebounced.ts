import { useEffect, useState } from 'react'

/** Debounces a value: returns it once it has stayed the same for a while. */
export function useDebounced<T>(value: T, delayMs: number): T {
  const [debounced, setDebounced] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(JSON.parse(text)), delayMs)
    return () => clearTimeout(timer)
  }, [text, delayMs])
  return debounced
}
