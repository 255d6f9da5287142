/** What a person can do, by PostgreSQL's error code. */
const CURES: readonly [code: RegExp, cure: string][] = [
  [/^28/, 'are user and password in DATABASE_URL right, and # / ? @ % in them percent-encoded (# → %23)?'],
  [/^3D000$/, 'create that database, or name another one in DATABASE_URL.'],
  [/^53100$/, 'free its disk, which is full.'],
  [/^53300$/, 'raise its max_connections, or close what else is connected.'],
  [
    /^25006$/,
    'promote it if it is a standby, or set DATABASE_URL to the primary; if default_transaction_read_only is on, as where a managed database is full, make room and switch that off.',
  ],
  [
    /^42501$/,
    'grant its user what it needs: `create` on the database and its schema public, at least for the first start.',
  ],
  [/^55P03$/, 'see in its pg_locks and pg_stat_activity who holds a lock there, and end that.'],
  [/^57014$/, 'see in its pg_stat_activity what keeps it busy.'],
]

/** An error, or an object that a library throws instead of one. */
interface ErrorLike {
  message?: string
  code?: unknown
  errors?: unknown[]
}

/** The message for people. Node's error for several addresses has none; pg-boss adds its worker, which is cut off. */
export function reasonOf(error: unknown): string {
  const { message = '', errors = [], code } = error as ErrorLike
  return message.replace(/ ?\(Queue: .*\)$/, '') || errors.map(reasonOf).join(', ') || String(code ?? error)
}

/** What a person can do about a database error. `description` says where the database is. */
export function cureOf(error: unknown, description = 'PostgreSQL'): string {
  const { message = '', code } = error as ErrorLike
  const known = CURES.find(([pattern]) => pattern.test(String(code)))?.[1]
  if (message.startsWith('SASL')) return 'is there a password in DATABASE_URL?'
  return known ?? `is ${description} running, and DATABASE_URL right?`
}
