import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { alive, type Durations, durations, durationsOf, type InsightPeriod, ofEach, periodOf, reentries, stays, within } from './process-insight.js'

export interface TermFigures {
  /** The event that the clock does when the term is over. */
  readonly event: string
  /** The state that it runs in; `''`: the whole case. */
  readonly place: string
  readonly met: number
  readonly missed: number
  readonly running: number
  readonly lapsed: number
  readonly lateness: Durations
}

/**
 * Deadline compliance of every term (not of the rungs of its ladder), in all cases, each time that it ran. A term that repeats counts for each of its periods.
 * What a term watches ends when its state is left or entered anew; for a term of the whole case, when the case is closed.
 *
 * - `met`: that happened in the period, and not after the term was over.
 * - `missed`: the term was over in the period while that had not happened, whether or not the clock has fired it yet.
 * - `running`: begun, and neither of the two when the period ended. A term that stands still is not over.
 * - `lapsed`: in the period the term came to nothing: a form or a setting took it away in time, or nothing waited for it when it was over.
 * - `lateness`: of the missed ones, from when the term was over until what it watches ended, where that was before the end of the period.
 *
 * A term that a form moves is the same term with another end; one that is set anew after it was over is another one. One that stood still when its
 * state was left is judged by the end that it had then.
 */
export async function termFigures(db: Querier, processes: Processes, period: InsightPeriod): Promise<TermFigures[]> {
  const { rows } = await db.query(
    `with ${alive}, ${stays},
     term as (
       select t.place, t.name, t.status, t.starts_at, t.due_at, t.settled_at, case when t.place = '' then c.closed_at else s.left_at end as ended_at
         from alive c ${ofEach('timer', 'case_id = c.id and rung is null and starts_at < $3')} t
         left join stay s on s.case_id = c.id and s.sequence = t.entered and t.place <> ''),
     judged as (
       select *, case
         when status = 'SKIPPED' or status = 'CANCELLED' and settled_at is distinct from ended_at and settled_at <= due_at then 'lapsed'
         when status <> 'FIRED' and ended_at <= due_at then 'met'
         when status <> 'PAUSED' and due_at < clock_timestamp() then 'missed' end as fate from term),
     placed as (select *, case fate when 'lapsed' then settled_at when 'met' then ended_at when 'missed' then due_at end as at from judged)
     select name as event, place, count(*) filter (where fate = 'met' and ${within('at')})::int as met,
            count(*) filter (where fate = 'missed' and ${within('at')})::int as missed, count(*) filter (where at is null or at >= $3)::int as running,
            count(*) filter (where fate = 'lapsed' and ${within('at')})::int as lapsed,
            ${durations('ended_at - due_at', `fate = 'missed' and ${within('at')} and ended_at < $3`)} as late
       from placed where at is null or at >= $2 group by name, place order by place, name`,
    [...periodOf(period), ...reentries(processes, period.process)],
  )
  return rows.map(({ late, ...row }) => ({ ...row, lateness: durationsOf(late) }))
}
