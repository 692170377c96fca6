import type { Timer, TimerChange } from '../engine/timer.js'
import type { Querier } from './pool.js'

const columns = `id, place, entered, name, rung, starts_at, term, due_at, calendar_version, provisional, status, paused_ms`
const timerOf = (row: any): Timer => ({
  id: row.id,
  place: row.place,
  entered: row.entered,
  name: row.name,
  rung: row.rung,
  startsAt: row.starts_at.toISOString(),
  term: row.term,
  dueAt: row.due_at.toISOString(),
  calendarVersion: row.calendar_version,
  provisional: row.provisional,
  status: row.status,
  pausedMs: Number(row.paused_ms),
})

/** Every term that a case has or had, in the order in which they are due; a term before the rungs that are due with it. */
export async function timersOf(db: Querier, caseId: string): Promise<Timer[]> {
  return (await timersOfCases(db, [caseId])).get(caseId) ?? []
}
/** The same for many cases, by case. */
export async function timersOfCases(db: Querier, caseIds: readonly string[]): Promise<Map<string, Timer[]>> {
  const { rows } = await db.query(`select case_id, ${columns} from timer where case_id = any($1) order by due_at, rung nulls first, id`, [caseIds])
  const timers = new Map<string, Timer[]>()
  for (const row of rows) timers.set(row.case_id, [...(timers.get(row.case_id) ?? []), timerOf(row)])
  return timers
}
export async function caseOfTimer(db: Querier, timerId: string): Promise<string | null> {
  return (await db.query(`select case_id from timer where id = $1 and status = 'PENDING'`, [timerId])).rows[0]?.case_id ?? null
}

/** The terms of a case after an act, in one statement. */
export async function writeTimers(db: Querier, caseId: string, { cancel, move, add }: TimerChange, now: string): Promise<void> {
  if (cancel.length + move.length + add.length === 0) return
  await db.query(
    `with cancelled as (update timer set status = 'CANCELLED', settled_at = $4 where id = any($2::uuid[])),
     given as (select * from jsonb_to_recordset($3) as given(id uuid, place text, entered integer, name text, rung integer, "startsAt" timestamptz, term jsonb,
       "dueAt" timestamptz, "calendarVersion" integer, provisional boolean, status text, "pausedMs" bigint)),
     moved as (update timer t set term = g.term, due_at = g."dueAt", calendar_version = g."calendarVersion", provisional = g.provisional, status = g.status,
       paused_ms = g."pausedMs" from given g where g.id = t.id returning t.id)
     insert into timer (id, case_id, place, entered, name, rung, starts_at, term, due_at, calendar_version, provisional, status, paused_ms)
     select id, $1, place, entered, name, rung, "startsAt", term, "dueAt", "calendarVersion", provisional, status, "pausedMs" from given
      where id not in (select id from timer where case_id = $1)`,
    [caseId, cancel, JSON.stringify([...move, ...add]), now],
  )
}
/**
 * When the work of a state is due: the earliest of its terms is over. Of a term that was extended when it was over, or begins anew, the
 * last counts. SQL; `caseId` and `place` are expressions.
 */
export const endOfState = (caseId: string, place: string): string =>
  `(select min(last.due_at) from (select distinct on (t.name) t.due_at from timer t join service_case c on c.id = t.case_id and c.entered_sequence = t.entered
     where t.case_id = ${caseId} and t.place = ${place} and t.rung is null and t.status in ('PENDING', 'PAUSED', 'FIRED')
     order by t.name, t.status = 'FIRED', t.due_at desc) last)`
export async function moveTasks(db: Querier, caseId: string): Promise<void> {
  await db.query(`update task k set due_at = ${endOfState('k.case_id', 'k.state')} where k.case_id = $1 and k.status in ('OPEN', 'SUSPENDED')`, [caseId])
}
export async function settleTimer(db: Querier, timerId: string, status: 'FIRED' | 'SKIPPED', lateMs: number, now: string): Promise<void> {
  const { rows } = await db.query('update timer set status = $2, late_ms = $3, settled_at = $4 where id = $1 returning case_id', [timerId, status, lateMs, now])
  if (status === 'SKIPPED') await moveTasks(db, rows[0].case_id)
}

/** Terms that should have fired so many seconds ago, the earliest first, at most 500. */
export async function longOverdue(db: Querier, seconds: number): Promise<string[]> {
  const { rows } = await db.query(
    `select id from timer where status = 'PENDING' and due_at < clock_timestamp() - make_interval(secs => $1) order by due_at, id limit 500`,
    [seconds],
  )
  return rows.map(({ id }) => id)
}
/** Cases with terms that were reckoned by a calendar that is not in force any more, behind a case, in the order of their ids. */
export async function casesByOldCalendar(db: Querier, after: string, limit: number): Promise<string[]> {
  const { rows } = await db.query(
    `select distinct case_id from timer where status in ('PENDING', 'PAUSED') and calendar_version < (select max(version) from calendar_version) and case_id > $1
      order by case_id limit $2`,
    [after, limit],
  )
  return rows.map(({ case_id }) => case_id)
}
