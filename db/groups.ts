import type { Db, Status } from './schema.ts'

/** How many services of each group have each stored status, and how many of them are paused. */
export async function countByGroup(
  db: Db,
): Promise<{ group: string; status: Status; count: number; paused: number }[]> {
  return db
    .selectFrom('services as s')
    .innerJoin('service_states as st', 'st.service_id', 's.id')
    .select((select) => [
      's.group_name as group',
      'st.status',
      select.fn.countAll<number>().as('count'),
      select.fn.count<number>('st.paused_at').as('paused'),
    ])
    .where('s.group_name', 'is not', null)
    .groupBy(['s.group_name', 'st.status'])
    .$narrowType<{ group: string }>()
    .execute()
}

export async function listPublicGroups(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('public_groups').select('name').execute()
  return rows.map(({ name }) => name)
}

export async function isPublicGroup(db: Db, name: string): Promise<boolean> {
  const row = await db.selectFrom('public_groups').select('name').where('name', '=', name).executeTakeFirst()
  return row !== undefined
}

export async function openGroup(db: Db, name: string): Promise<void> {
  await db
    .insertInto('public_groups')
    .values({ name })
    .onConflict((on) => on.doNothing())
    .execute()
}

export async function closeGroup(db: Db, name: string): Promise<void> {
  await db.deleteFrom('public_groups').where('name', '=', name).execute()
}
