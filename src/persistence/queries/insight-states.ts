import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { alive, type Durations, durations, durationsOf, type InsightPeriod, ofEach, periodOf, reentries, stays, within } from './process-insight.js'

export interface StateFigures {
  readonly state: string
  readonly visits: number
  readonly timeInState: Durations
  readonly waitingTime: Durations
}

/**
 * Each state that a case came to, left, or had a task taken up in, within the period.
 *
 * - `visits`: how often a case came there in the period, from another state or anew.
 * - `timeInState`: of the visits that ended in the period, from entering to leaving. An end of the process is never left.
 * - `waitingTime`: of the tasks to decide that a person took up in the period, from when they were opened until they were claimed (by whoever holds them
 *   now, or held them last), or done where nobody claimed them. What was superseded without either is not counted, nor what the system did.
 */
export async function stateFigures(db: Querier, processes: Processes, period: InsightPeriod): Promise<StateFigures[]> {
  const { rows } = await db.query(
    `with ${alive}, ${stays},
     stayed as (select state, count(*) filter (where ${within('entered_at')})::int as visits, ${durations('left_at - entered_at', within('left_at'))} as stay
                  from stay where ${within('entered_at')} or ${within('left_at')} group by state),
     taken as (select t.state, t.opened_at, coalesce(t.claimed_at, t.closed_at) as taken_at
                 from alive c ${ofEach('task', `case_id = c.id and kind = 'DECIDE' and (claimed_at is not null or status = 'COMPLETED')`)} t
                where coalesce(t.claimed_by_id, t.completed_by_id) in (select id from employee where kind = 'EMPLOYEE')),
     waited as (select state, ${durations('taken_at - opened_at')} as wait from taken where ${within('taken_at')} group by state)
     select state, coalesce(visits, 0) as visits, stay, wait from stayed full join waited using (state) order by state`,
    [...periodOf(period), ...reentries(processes, period.process)],
  )
  return rows.map(({ state, visits, stay, wait }) => ({ state, visits, timeInState: durationsOf(stay), waitingTime: durationsOf(wait) }))
}
