const LONGEST = 200

/** Why something cannot be the key of a service. */
export function keyFault(serviceKey: string): string | null {
  if (serviceKey === '') return 'A service needs a key.'
  if ([...serviceKey].length > LONGEST) return `A key has at most ${LONGEST} characters.`
  if (/\p{Cc}/u.test(serviceKey) || !serviceKey.isWellFormed()) return 'A key has no control characters.'
  return null
}
