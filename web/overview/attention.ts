import type { Outputs, Service } from '../live/answers.ts'

type Summary = Outputs['summary']

/** Why somebody should look at a service, by its key. */
export type Remarks = ReadonlyMap<string, string>

/** Makes remarks from the summary, which knows more than a status. */
export function remarksOf({ attention, flapping, down, inactive }: Summary): Remarks {
  const remarks = new Map<string, string>()
  const add = (serviceKey: string, remark: string) => {
    const before = remarks.get(serviceKey)
    remarks.set(serviceKey, before === undefined ? remark : `${before}, ${remark}`)
  }
  for (const { serviceKey, acknowledged, acknowledgedBy, muted } of down) {
    if (acknowledged) add(serviceKey, acknowledgedBy ? `acknowledged by ${acknowledgedBy}` : 'acknowledged')
    if (muted) add(serviceKey, 'muted')
  }
  for (const { serviceKey } of inactive) add(serviceKey, 'not heard for long')
  for (const { serviceKey, incidents } of flapping) add(serviceKey, `flapping, ${incidents} incidents`)
  // What others wrote comes last, since it may be long.
  for (const { serviceKey, note } of attention) add(serviceKey, note ? `asks for a look: ${note}` : 'asks for a look')
  return remarks
}

const NEWLY_MS = 86_400_000

/** Whether a service is down, became dead within the last day, or has a remark. */
export function needsAttention({ serviceKey, status, paused, statusSince }: Service, remarks: Remarks, now: number) {
  if (remarks.has(serviceKey)) return true
  if (paused) return false
  return status === 'down' || (status === 'dead' && now - Date.parse(statusSince) < NEWLY_MS)
}
