import pg from 'pg'
import type { Beaten, Silence, Stretch } from './chaosHerd.ts'
import type { Written } from './chaosTold.ts'

/** A stored incident. Times are in epoch milliseconds. */
export interface Incident {
  key: string
  silentSince: number
  openedAt: number
  closedAt: number | null
}

/** What the database holds at the end. */
export interface Truth {
  incidents: Incident[]
  /** The transitions to down and from down. */
  transitions: { key: string; from: string; to: string; at: number }[]
  outages: Stretch[]
  messages: (Written & { reference: string | null })[]
}

/** A tolerance for clocks and rounding. */
const MARGIN_MS = 50
/** A tolerance for missing incidents, since a server may learn late that an outage of the monitor has ended. */
const CLEARLY_MS = 500

async function query<T extends object>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(statement)).rows
  } finally {
    await client.end()
  }
}

/** Makes a user for each of the servers, so that PostgreSQL can tell them apart. */
export async function addUsers(url: string, names: readonly string[]): Promise<void> {
  await query(url, names.map((name) => `create role ${name} login superuser`).join(';'))
}

/** Finds the server that is sending now: each logs in to PostgreSQL as a user of its own. */
export async function holderOf(url: string): Promise<string | undefined> {
  const found = await query<{ user: string }>(
    url,
    'select usename as user from targets join pg_stat_activity on application_name = holder limit 1',
  ).catch(() => [])
  return found[0]?.user
}

/** Counts open incidents, unannounced alerts, and messages that are still to be sent or edited. */
export async function leftToTell(url: string): Promise<number> {
  const [row] = await query<{ left: string }>(
    url,
    `select (select count(*) from incidents where closed_at is null)
      + (select count(*) from alerts where announcement_id is null and not withdrawn)
      + (select count(*) from messages where state = 'pending') + (select count(*) from edits) as left`,
  )
  return Number(row?.left)
}

export async function readTruth(url: string): Promise<Truth> {
  return {
    incidents: await query(
      url,
      `select s.key, silent_since::float as "silentSince", opened_at::float as "openedAt", closed_at::float as "closedAt"
        from incidents i join services s on s.id = i.service_id order by i.id`,
    ),
    transitions: await query(
      url,
      `select s.key, from_status as "from", to_status as "to", at::float
        from transitions t join services s on s.id = t.service_id where 'down' in (from_status, to_status) order by t.id`,
    ),
    outages: await query(url, 'select from_at::float as "from", to_at::float as "to" from outages order by from_at'),
    messages: await query(
      url,
      `select concat_ws(e'\\n', title, nullif(body, '')) as text, created_at::float as "createdAt", reference from messages order by id`,
    ),
  }
}

/** Finds incidents that no silence explains, and silences that clearly should have become an incident and did not. */
export function compareWithSilences({ key, silences }: Beaten, { incidents, outages }: Truth, limitMs: number) {
  const its = incidents.filter((incident) => incident.key === key)
  const explained = new Map<Silence, Incident>()
  const baseless = its.filter((incident) => {
    const cause = silences.find((silence) => !explained.has(silence) && explains(silence, incident, limitMs))
    if (cause) explained.set(cause, incident)
    return !cause
  })
  const overlooked = silences.filter((silence) => !explained.has(silence) && isClear(silence, outages, limitMs))
  return {
    baseless: baseless.map(describe),
    overlooked: overlooked.map((silence) => `${key} ${JSON.stringify(silence)}`),
  }
}

function explains({ lastSentAt, backAt, answeredAt }: Silence, incident: Incident, limitMs: number): boolean {
  const isLate = incident.openedAt >= lastSentAt + limitMs - MARGIN_MS
  const isSilent = incident.openedAt <= answeredAt + MARGIN_MS
  return isLate && isSilent && incident.closedAt !== null && incident.closedAt >= backAt - MARGIN_MS
}

/** Whether a silence clearly exceeds the limit. It does not count during an outage, and begins anew at its end. */
function isClear({ lastSentAt, backAt }: Silence, outages: readonly Stretch[], limitMs: number): boolean {
  const ends = outages.filter(({ from, to }) => to > lastSentAt && from < backAt).map(({ to }) => to)
  const answeredBy = lastSentAt + CLEARLY_MS
  return backAt > Math.max(answeredBy, ...ends) + limitMs + CLEARLY_MS
}

/** Compares a service's incidents with its transitions, which must say the same. */
export function contradictions({ key }: Beaten, { incidents, transitions }: Truth): string[] {
  const its = incidents.filter((incident) => incident.key === key)
  const told = its.flatMap(({ openedAt, closedAt }) => [
    `down ${openedAt}`,
    ...(closedAt === null ? [] : [`alive ${closedAt}`]),
  ])
  const stored = transitions.filter((one) => one.key === key).map(({ to, at }) => `${to} ${at}`)
  return told.join() === stored.join() ? [] : [`${key}: incidents ${told.join()}; transitions ${stored.join()}`]
}

const describe = (incident: Incident) => `${incident.key} ${JSON.stringify(incident)}`

/** Reads whole tables, for the person who looks into a failed run. */
export async function tablesOf(url: string): Promise<Record<string, object[]>> {
  const names = ['services', 'incidents', 'alerts', 'announcements', 'messages', 'targets', 'transitions', 'outages']
  const tables: Record<string, object[]> = {}
  for (const name of names) tables[name] = await query(url, `select * from ${name} order by 1`)
  return tables
}
