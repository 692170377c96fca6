import type pg from 'pg'
import { closeBlocks } from './merkle-log.js'
import { inTransaction, type Querier } from './pool.js'

/** Something that was done, at its place in the one order of everything that was done. */
export interface EventRow {
  /** 1, 2, 3 … without a gap. */
  readonly position: number
  /** For whoever is told twice. */
  readonly id: string
  /** The entry of the history that it tells of. */
  readonly stream: string
  readonly sequence: number
  /** The entry's own number in the history. */
  readonly entryId: string
  readonly action: string
  /** Null: the organisation. */
  readonly caseId: string | null
  readonly at: Date
}

/** Rows of `event_reader` that are the log's own: the newest position given, and the highest one pruned. */
const published = 'published'
const pruned = 'pruned'

/**
 * Gives committed rows of the outbox their places in the log of the history, and those that word goes out of their places among the events,
 * in the order in which they were written, at most `most` at once. Output: whether there may be more. Another server at it: false.
 *
 * No event appears behind one that was read. Positions are given under a lock that is held until they are committed, so whoever sees
 * position n sees all below it. A transaction that is still open when later ones are published gets a higher position than they;
 * within a case none can be: the row's `seq` is taken under the lock of the case, which is held until the commit.
 */
export async function publish(pool: pg.Pool, most = 1000): Promise<boolean> {
  if (!(await pool.query('select exists (select from outbox) as waiting')).rows[0].waiting) return false
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query(`select pg_try_advisory_xact_lock(hashtextextended('event-sequencer', 0)) as mine`)
    if (!rows[0].mine) return false
    // A statement of its own: what it sees begins after the lock was ours.
    const { rowCount } = await db.query(
      `with taken as materialized (delete from outbox where seq in (select seq from outbox order by seq limit $1) returning *),
         logged as (insert into log_leaf (index, position, hash)
           select coalesce((select max(index) + 1 from log_leaf), 0) + row_number() over (order by seq) - 1, position, ${leafHashOf('position', 'hash')} from taken),
         placed as (select *, row_number() over (order by seq) as place, count(*) over () as total from taken where told),
         counter as (insert into event_reader as r (name, position) select '${published}', count(*) from placed having count(*) > 0
           on conflict (name) do update set position = r.position + excluded.position returning position),
         told as (insert into event (position, stream, sequence, case_id, written_at)
           select counter.position - total + place, stream, sequence, case_id, written_at from placed cross join counter order by place)
       select from taken`,
      [most],
    )
    await closeBlocks(db)
    return rowCount === most
  })
}

/** RFC 6962, 2.1: the hash of a leaf, which binds an entry's hash and its number. {@link leafOf} reckons the same outside the database. */
const leafHashOf = (position: string, hash: string): string => `sha256('\\x00'::bytea || convert_to(${position} || ' ' || ${hash}, 'UTF8'))`

/** Events behind a position, in order, of one case or of all; `upTo`: none beyond it. */
export async function eventsAfter(
  db: Querier,
  position: number,
  { caseId, limit, upTo }: { caseId?: string | undefined; limit: number; upTo?: number },
): Promise<EventRow[]> {
  const { rows } = await db.query(
    `select e.position, e.id, e.stream, e.sequence, a.position as "entryId", a.action, e.case_id as "caseId", e.written_at as at
       from event e join audit_entry a on a.stream = e.stream and a.sequence = e.sequence
      where e.position > $1 and ($2::uuid is null or e.case_id = $2) and ($3::bigint is null or e.position <= $3) order by e.position limit $4`,
    [position, caseId ?? null, upTo ?? null, limit],
  )
  return rows.map((row) => ({ ...row, position: Number(row.position) }))
}

/** The highest position given so far; 0 before the first. */
export const newestPosition = (db: Querier): Promise<number> => readerAt(db, published)
/** The lowest position that is kept, or would be: everything before it is pruned. */
export const oldestPosition = async (db: Querier): Promise<number> => (await readerAt(db, pruned)) + 1

async function readerAt(db: Querier, name: string): Promise<number> {
  const { rows } = await db.query('select position from event_reader where name = $1', [name])
  return Number(rows[0]?.position ?? 0)
}

/**
 * Forgets the oldest events, as far as they were written before a moment and every other reader of the log has read them; at most
 * `most` at once. What is gone is always a beginning of the log, and how far is remembered. Output: how many.
 */
export async function prune(db: Querier, olderThan: Date, most = 10_000): Promise<number> {
  const { rowCount } = await db.query(
    `with reach as (select least(
         (select min(position) + $2 - 1 from event),
         (select coalesce(min(position) - 1, (select position from event_reader where name = '${published}')) from event where written_at >= $1),
         (select min(position) from event_reader where name not in ('${published}', '${pruned}'))) as position),
       gone as (delete from event where position <= (select position from reach) returning position),
       floor as (insert into event_reader as r (name, position) select '${pruned}', max(position) from gone having count(*) > 0
         on conflict (name) do update set position = greatest(r.position, excluded.position))
     select from gone`,
    [olderThan, most],
  )
  return rowCount ?? 0
}

/** How many entries of the history wait for their place among the events. */
export async function unpublished(db: Querier): Promise<number> {
  return (await db.query('select count(*)::int as waiting from outbox')).rows[0].waiting
}
