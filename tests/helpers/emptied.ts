import type { PGlite } from '@electric-sql/pglite'

/** What a new database holds, by which a used one is known to be like it again. */
export interface Template {
  /** The ids of its tables. */
  tables: ReadonlySet<number>
  /** Its rows, a table each, as JSON. */
  rows: readonly { table: string; json: string }[]
  shape: string
}

export async function templateOf(pglite: PGlite): Promise<Template> {
  const tables = await tablesOf(pglite)
  const rows = tables
    .filter(({ isFilled }) => isFilled)
    .map(async ({ name }) => ({
      table: name,
      json: await textOf(pglite, `select jsonb_agg(t)::text as text from ${name} t`),
    }))
  return {
    tables: new Set(tables.map(({ id }) => id)),
    rows: (await Promise.all(rows)).filter(({ json }) => json),
    shape: await shapeOf(pglite),
  }
}

/**
 * Brings a used database back to what the template holds.
 *
 * @returns false if it still differs, because its schema was changed
 */
export async function empty(pglite: PGlite, { tables, rows, shape }: Template): Promise<boolean> {
  const now = await tablesOf(pglite)
  const added = now.filter(({ id }) => !tables.has(id)).map(({ name }) => name)
  const filled = now.filter(({ id, isFilled }) => isFilled && tables.has(id)).map(({ name }) => name)
  const steps = [
    ...added.map((name) => `drop table if exists ${name} cascade`),
    ...(filled.length > 0 ? [`truncate ${filled.join()} restart identity cascade`] : []),
    ...rows.map(
      ({ table, json }) =>
        `insert into ${table} select * from jsonb_populate_recordset(null::${table}, '${json.replaceAll("'", "''")}')`,
    ),
  ]
  await pglite.exec(steps.join(';'))
  await pglite.exec('discard all')
  return (await shapeOf(pglite)) === shape
}

const OURS = `any('{public,pgboss}'::regnamespace[])`

async function tablesOf(pglite: PGlite) {
  const { rows } = await pglite.query<{ id: number; name: string; isFilled: boolean }>(`
    select oid::int as id, oid::regclass::text as name, pg_relation_size(oid) > 0 as "isFilled"
    from pg_class where relkind in ('r', 'p') and relnamespace = ${OURS} order by oid`)
  return rows
}

/** Everything besides rows that a test could leave behind. Ids tell what was made anew under the same name. */
const shapeOf = (pglite: PGlite) =>
  textOf(
    pglite,
    `select concat_ws(';',
      (select string_agg(concat_ws(':', oid, relname, relnatts, relchecks, relhastriggers, reloptions), ',' order by oid)
        from pg_class where relnamespace = ${OURS}),
      (select string_agg(concat_ws(':', attrelid, attname, atttypid, attnotnull, atthasdef), ',' order by attrelid, attnum)
        from pg_attribute join pg_class on pg_class.oid = attrelid where relnamespace = ${OURS} and attnum > 0),
      (select string_agg(oid::text, ',' order by oid) from pg_constraint where connamespace = ${OURS}),
      (select string_agg(oid::text, ',' order by oid) from pg_proc where pronamespace = ${OURS}),
      (select string_agg(oid::text, ',' order by oid) from pg_trigger where not tgisinternal),
      (select string_agg(oid::text, ',' order by oid) from pg_namespace where nspname not like 'pg_%'),
      (select string_agg(concat_ws(':', sequencename, last_value), ',' order by sequencename) from pg_sequences),
      (select count(*) from pg_replication_slots)) as text`,
  )

async function textOf(pglite: PGlite, statement: string): Promise<string> {
  const { rows } = await pglite.query<{ text: string | null }>(statement)
  return rows[0]?.text ?? ''
}
