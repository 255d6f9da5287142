import { z } from 'zod'
import { hasControls } from './text.ts'

const KEY_LIMIT = 200

/** Nearly every key looks like this, which spares it the closer check. */
const plain = /^[\w.:@/-]{1,200}$/

/** Says what is wrong with a service's key; `null` if nothing is. */
function keyFault(key: string): string | null {
  if (key === '') return 'service_key is empty, e.g. POST /heartbeat?service_key=my-service'
  if (!key.isWellFormed() || key.includes('\uFFFD')) return 'service_key is not valid UTF-8'
  if (hasControls(key)) return 'service_key must not contain control characters'
  const length = [...key].length
  return length > KEY_LIMIT ? `service_key must have at most ${KEY_LIMIT} characters, got ${length}` : null
}

/** A key of 1–200 code points after trimming, without control characters and lone surrogates. */
export const serviceKey = z
  .string({ error: 'service_key must be text, e.g. "my-service"' })
  .transform((text, context) => {
    if (plain.test(text)) return text
    const key = text.trim()
    const fault = keyFault(key)
    if (fault) context.addIssue({ code: 'custom', message: fault })
    return key
  })
