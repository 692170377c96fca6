import type { Querier } from './pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './queries/page.js'

/** A signed checkpoint of the history as the database keeps it. */
export interface StoredCheckpoint {
  /** How many leaves the log had. */
  readonly size: number
  readonly root: Buffer
  readonly note: string
  readonly madeAt: Date
}
const columns = 'size, root, note, made_at as "madeAt"'
const stored = ({ size, ...row }: { readonly size: string } & Omit<StoredCheckpoint, 'size'>): StoredCheckpoint => ({ ...row, size: Number(size) })

export async function newestCheckpoint(db: Querier): Promise<StoredCheckpoint | null> {
  const { rows } = await db.query(`select ${columns} from checkpoint order by size desc limit 1`)
  return rows[0] ? stored(rows[0]) : null
}
/** In the order in which they were made, at most `most`, behind the one of a size. */
export async function checkpointsAfter(db: Querier, size: number, most: number): Promise<StoredCheckpoint[]> {
  const { rows } = await db.query(`select ${columns} from checkpoint where size > $1 order by size limit $2`, [size, most])
  return rows.map(stored)
}
/** By size, in the order asked for; null where there is none. */
export async function checkpointsAt(db: Querier, sizes: readonly (string | number)[]): Promise<(StoredCheckpoint | null)[]> {
  const { rows } = await db.query(`select ${columns} from checkpoint where size = any($1::bigint[])`, [sizes])
  const bySize = new Map(rows.map((row) => [Number(row.size), stored(row)]))
  return sizes.map((size) => bySize.get(Number(size)) ?? null)
}
/** Checkpoints, newest first. The ids of the page are their sizes. */
export const findCheckpoints = (db: Querier, request: PageRequest): Promise<Page> =>
  readPage(db, { from: 'checkpoint', key: 'size', keyIs: 'number', id: 'size', idIs: 'number', conditions: new Conditions() }, request)

export async function insertCheckpoint(db: Querier, { size, root, note, madeAt }: Omit<StoredCheckpoint, 'madeAt'> & { madeAt: string }): Promise<void> {
  await db.query('insert into checkpoint (size, root, note, made_at) values ($1, $2, $3, $4)', [size, root, note, madeAt])
}

/** How far the log and its checkpoints have come. */
export interface LogStanding {
  readonly size: number
  /** The size of the newest checkpoint; 0 before the first. */
  readonly sealed: number
  /** Since the newest checkpoint was made, by the database's clock; null before the first. */
  readonly ageSeconds: number | null
  /** How long the oldest entry that no checkpoint covers has been on record; 0 when all are covered. */
  readonly unsealedSeconds: number
  /** By the database's clock, ISO 8601 in UTC with microseconds. */
  readonly now: string
}
export async function logStanding(db: Querier): Promise<LogStanding> {
  const { rows } = await db.query(
    `select s.size, s.sealed, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now,
       (select extract(epoch from clock_timestamp() - made_at)::float8 from checkpoint c where c.size = s.sealed) as "ageSeconds",
       coalesce((select extract(epoch from clock_timestamp() - a.recorded_at)::float8 from log_leaf l join audit_entry a on a.position = l.position
         where l.index = s.sealed), 0) as "unsealedSeconds"
     from (select (select coalesce(max(index) + 1, 0) from log_leaf) as size, (select coalesce(max(size), 0) from checkpoint) as sealed) s`,
  )
  const [{ size, sealed, ...rest }] = rows
  return { size: Number(size), sealed: Number(sealed), ...rest }
}
