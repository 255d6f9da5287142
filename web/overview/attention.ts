import type { Outputs, Service } from '../live/answers.ts'

type Summary = Outputs['summary']

/** Why somebody should look at a service, by its key. */
export type Remarks = Record<string, string>

/** Makes remarks from the summary, which knows more than a status. */
export function remarksOf({ attention, flapping, down, inactive }: Summary): Remarks {
  const remarks: Remarks = {}
  for (const { serviceKey } of inactive) remarks[serviceKey] = 'not heard for long'
  for (const { serviceKey, incidents } of flapping) remarks[serviceKey] = `flapping, ${incidents} incidents`
  for (const { serviceKey, note } of attention)
    remarks[serviceKey] = note ? `asks for a look: ${note}` : 'asks for a look'
  for (const { serviceKey, reason, note, acknowledged, acknowledgedBy, muted } of down) {
    if (acknowledged) remarks[serviceKey] = acknowledgedBy ? `acknowledged by ${acknowledgedBy}` : 'acknowledged'
    else if (muted) remarks[serviceKey] ??= 'muted'
    else if (reason === 'fail') remarks[serviceKey] ??= note ? `failed: ${note}` : 'failed'
  }
  return remarks
}

const NEWLY_MS = 86_400_000

/** Whether a service is down, became dead within the last day, or has a remark. */
export function needsAttention({ serviceKey, status, paused, statusSince }: Service, remarks: Remarks, now: number) {
  if (serviceKey in remarks) return true
  if (paused) return false
  return status === 'down' || (status === 'dead' && now - Date.parse(statusSince) < NEWLY_MS)
}
