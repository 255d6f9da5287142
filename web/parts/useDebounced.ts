import { useEffect, useState } from 'react'

/** A value once it has stayed the same for a while. */
export function useSettled<T>(value: T, forMs: number): T {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text)), forMs)
    return () => clearTimeout(timer)
  }, [text, forMs])
  return settled
}
