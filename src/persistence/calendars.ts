import type pg from 'pg'
import type { Calendar } from '../define/index.js'
import type { Querier } from './pool.js'

/** One version of the calendar; it never changes. `publishedAt`: ISO 8601. */
export interface PublishedCalendar {
  readonly version: number
  readonly calendar: Calendar
  readonly publishedAt: string
}
interface Row {
  readonly version: number
  /** Null for a version that is known here. */
  readonly content: Calendar | null
  readonly published_at: Date
  /** Written by the transaction that reads it: it may yet be rolled back, and its number used again. */
  readonly own: boolean
}
const own = 'xmin is not distinct from pg_current_xact_id_if_assigned()::xid as own'

/** What each database has published, as far as it was asked for: versions are immutable, so that their days need be worked out once. */
const knownBy = new WeakMap<pg.Pool, Map<number, PublishedCalendar>>()
function knownOf(pool: pg.Pool): Map<number, PublishedCalendar> {
  const known = knownBy.get(pool) ?? new Map()
  knownBy.set(pool, known)
  return known
}

/**
 * The calendar in force, in one statement. `db`: the transaction that asks, where there is one; `pool` says which database it belongs to.
 * Throws when none was published: a server publishes one when it starts.
 */
export async function newestCalendar(pool: pg.Pool, db: Querier = pool): Promise<PublishedCalendar> {
  const known = knownOf(pool)
  const { rows } = await db.query<Row>(
    `select version, case when version <> $1 then content end as content, published_at, ${own} from calendar_version order by version desc limit 1`,
    [Math.max(0, ...known.keys())],
  )
  if (!rows[0]) throw new Error('no calendar is published')
  return remember(known, rows[0])
}

/** The calendar of a version, as a deadline names it. Null: there is none. */
export async function calendarAt(pool: pg.Pool, version: number, db: Querier = pool): Promise<PublishedCalendar | null> {
  const known = knownOf(pool)
  const found = known.get(version)
  if (found) return found
  const { rows } = await db.query<Row>(`select version, content, published_at, ${own} from calendar_version where version = $1`, [version])
  return rows[0] ? remember(known, rows[0]) : null
}

function remember(known: Map<number, PublishedCalendar>, { version, content, published_at, own }: Row): PublishedCalendar {
  const published = known.get(version) ?? { version, calendar: content!, publishedAt: published_at.toISOString() }
  if (!own) known.set(version, published)
  return published
}

/** The newest calendar, null for none; nobody else publishes one until the transaction ends. */
export async function lockedCalendar(db: Querier): Promise<Pick<PublishedCalendar, 'version' | 'calendar'> | null> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('calendar', 0))`)
  const { rows } = await db.query('select version, content as calendar from calendar_version order by version desc limit 1')
  return rows[0] ?? null
}

/** Adds the next version; the newest must be locked. `publishedBy`: an employee, null for the system. Output: its number. */
export async function publishCalendar(db: Querier, calendar: Calendar, publishedBy: string | null, now: string): Promise<number> {
  const { rows } = await db.query(
    `insert into calendar_version (version, content, published_at, published_by_id)
     select coalesce(max(version), 0) + 1, $1, $2, $3 from calendar_version returning version`,
    [JSON.stringify(calendar), now, publishedBy],
  )
  return rows[0].version
}
