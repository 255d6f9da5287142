import { z } from 'zod'
import { hasControls } from './text.ts'

const KEY_LIMIT = 200

/** What nearly every key looks like; anything else is looked at closely. */
const plain = /^[\w.:@/-]{1,200}$/

/** A service's key as it was given, or the sentence that says what is wrong with it. */
function keyFault(key: string): string | null {
  if (key === '') return 'service_key is empty, e.g. POST /heartbeat?service_key=my-service'
  if (!key.isWellFormed() || key.includes('\uFFFD')) return 'service_key is not valid UTF-8'
  if (hasControls(key)) return 'service_key must not contain control characters'
  const length = [...key].length
  return length > KEY_LIMIT ? `service_key must have at most ${KEY_LIMIT} characters, got ${length}` : null
}

/** 1–200 code points after trimming, no control characters, no lone surrogates. */
export const serviceKey = z
  .string({ error: 'service_key must be text, e.g. "my-service"' })
  .transform((text, context) => {
    if (plain.test(text)) return text
    const key = text.trim()
    const fault = keyFault(key)
    if (fault) context.addIssue({ code: 'custom', message: fault })
    return key
  })
