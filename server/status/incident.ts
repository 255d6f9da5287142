import type { Incident } from '../../db/incidents.ts'

/** An open incident. Times are in ISO 8601 with the server's offset. */
export interface IncidentView {
  openedAt: string
  /** Why it is down, by the newest signal that told another cause, and since when for that reason. */
  reason: string
  reasonSince: string
  note: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
}

export function viewIncident(incident: Incident, iso: (ms: number) => string): IncidentView {
  const { acknowledged_at } = incident
  return {
    openedAt: iso(incident.opened_at),
    reason: incident.reason,
    reasonSince: iso(incident.cause_at ?? incident.opened_at),
    note: incident.note,
    acknowledgedAt: acknowledged_at === null ? null : iso(acknowledged_at),
    acknowledgedBy: incident.acknowledged_by,
  }
}
