import type { Incident } from '../../db/incidents.ts'

/** An open incident. Times are in ISO 8601 with the server's offset. */
export interface IncidentView {
  openedAt: string
  reason: string
  note: string | null
  acknowledgedAt: string | null
  acknowledgedBy: string | null
}

export function viewIncident(incident: Incident, iso: (ms: number) => string): IncidentView {
  const { acknowledged_at } = incident
  return {
    openedAt: iso(incident.opened_at),
    reason: incident.reason,
    note: incident.note,
    acknowledgedAt: acknowledged_at === null ? null : iso(acknowledged_at),
    acknowledgedBy: incident.acknowledged_by,
  }
}
