import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** Linux counts the CPU time of processes in hundredths of a second. */
const TICK_MS = 10

/** The CPU time that a process has used, in milliseconds. It is read from /proc, so only on Linux. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold blanks; user and system time are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** The CPU time of the processes of PostgreSQL, on this machine, that serve the database of a connection. */
export async function cpuOfDatabase(client: pg.Client): Promise<number> {
  const { rows } = await client.query('select pid from pg_stat_activity where datname = current_database()')
  const all = await Promise.all(rows.map(({ pid }) => cpuOf(pid)))
  return all.reduce((sum, one) => sum + one, 0)
}
