const MOST_NAMES = 500

/** Names that were asked for. Bounded, since a zone has many spellings. */
const cache = new Map<string, string | null>()

/** Whether a name may be set as a time zone: everything that reckons with zones here takes it (Intl and Temporal). */
export const isTimeZone = (name: string): boolean => isTaken(name)

/**
 * The zone that a name stands for, by a name that `isTimeZone`; `null` if it stands for none. Intl takes some forty
 * old names that Temporal refuses, such as `PST`, and older versions stored them.
 */
export function zoneOf(name: string): string | null {
  let zone = cache.get(name)
  if (zone === undefined) {
    zone = isTaken(name) ? name : modernName(name)
    if (cache.size >= MOST_NAMES) cache.clear()
    cache.set(name, zone)
  }
  return zone
}

function isTaken(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** `SystemV/EST5EDT` and its kind, by their hours west of Greenwich. Intl knows no modern names for these alone. */
const SYSTEM_V = /^SystemV\/[A-Z]{3}(\d+)([A-Z]*)$/i
const SYSTEM_V_WITH_SUMMER = ['Halifax', 'New_York', 'Chicago', 'Denver', 'Los_Angeles', 'Anchorage']

function modernName(name: string): string | null {
  const modern = resolved(name)
  if (modern === null) return null
  const [, hours, summer] = SYSTEM_V.exec(modern) ?? []
  const zone = !hours ? modern : summer ? `America/${SYSTEM_V_WITH_SUMMER[Number(hours) - 4]}` : `Etc/GMT+${hours}`
  return isTaken(zone) ? zone : null
}

function resolved(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
