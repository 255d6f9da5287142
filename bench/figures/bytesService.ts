import { connect, createDatabase, open } from '../tools/database.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 100_000

/** The bytes that a service with fifty gaps takes on disk: its settings and its state, with their indexes. */
export async function bytesService(): Promise<Row[]> {
  const place = await createDatabase()
  await (await open(place)).close()
  await seedServices(place, 1, SERVICES)
  const client = await connect(place)
  const { rows } = await client.query(`
    select pg_total_relation_size('services') as settings, pg_total_relation_size('service_states') as states`)
  const each = (bytes: string) => Number(bytes) / SERVICES
  const settings = each(rows[0].settings)
  const states = each(rows[0].states)
  const made = `settings ${settings.toFixed(0)}, state ${states.toFixed(0)}; ${SERVICES} services`
  return [{ figure: 'bytes a service', value: settings + states, made, limit: { atMost: 1_200 } }]
}
