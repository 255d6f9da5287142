import { isIP } from 'node:net'
import { z } from 'zod'

/** Names of address blocks that Fastify knows. */
const NAMES = ['loopback', 'linklocal', 'uniquelocal']

/** The reverse proxies whose X-Forwarded-For is trusted, by name, address or block; `false` for none. */
export const proxies = z
  .string()
  .default('off')
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => isOff(text) || isOn(text) || listOf(text).every(isKnown), {
    error:
      'must be the addresses of the proxies in front, e.g. 10.0.0.0/8,192.168.1.7 or loopback, or true for any on a private address, or off',
  })
  .transform((text) => {
    if (isOff(text)) return false
    return isOn(text) ? NAMES : listOf(text)
  })

const isOff = (text: string) => /^(off|false|no)$/.test(text)
const isOn = (text: string) => /^(on|true|yes)$/.test(text)
const listOf = (text: string) => text.split(',').map((one) => one.trim())

function isKnown(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const longest = { 4: 32, 6: 128 }[isIP(address)]
  if (longest === undefined) return NAMES.includes(text)
  return (
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= longest))
  )
}
