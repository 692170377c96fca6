import type { Querier } from '../pool.js'
import { sizeOf } from './page.js'
import { alive, type Durations, durations, durationsOf, type InsightPeriod, ofEach, periodOf, within } from './process-insight.js'

interface Decided {
  readonly decided: number
  /** From when the task was opened until it was done. */
  readonly decisionTime: Durations
  /** From when whoever did it had claimed it until it was done; of those that were claimed. */
  readonly handlingTime: Durations
}
export interface RoleWorkload extends Decided {
  readonly role: string
  readonly open: number
}
export interface PersonWorkload extends Decided {
  readonly employeeId: string
  readonly claimed: number
}
export interface Listed<T> {
  readonly total: number
  readonly items: readonly T[]
}

/**
 * The tasks to decide that were done in the period, each by whoever closed it, under the role in which he did. What stood still meanwhile counts.
 * Asked opinions and signatures of others are no decisions; a task that ended because the case moved on without it was done by nobody, as are
 * the voices of a countersign that a return ended for all.
 */
const done = `done as (
  select t.completed_by_id, coalesce(t.completed_by_id in (select id from employee where kind = 'EMPLOYEE'), false) as human,
         (select role_used from audit_entry where stream = c.stream and sequence = t.closed_sequence) as role,
         t.closed_at - t.opened_at as took, case when t.claimed_by_id = t.completed_by_id then t.closed_at - t.claimed_at end as handled
    from alive c ${ofEach('task', `case_id = c.id and kind = 'DECIDE' and status = 'COMPLETED' and ${within('closed_at')}`)} t)`
const measured = `count(*)::int as decided, ${durations('took')} as took, ${durations('handled')} as handled`
/** Tasks to decide that are open now, whatever the period. */
const openNow = `service_case s join task t on t.case_id = s.id and t.kind = 'DECIDE' and t.status in ('OPEN', 'SUSPENDED')`
const decidedOf = ({ decided, took, handled }: any): Decided => ({
  decided: decided ?? 0,
  decisionTime: durationsOf(took),
  handlingTime: durationsOf(handled),
})

/** By the role in which people decided, busiest first. `open`: the tasks offered to the role now, once under each; posts above that may step in have none. */
export async function workloadByRole(db: Querier, period: InsightPeriod): Promise<RoleWorkload[]> {
  const { rows } = await db.query(
    `with ${alive}, ${done},
     decided as (select role, ${measured} from done where human and role is not null group by role),
     waiting as (select o.role, count(distinct t.id)::int as open from ${openNow} join task_offer o on o.task_id = t.id and o.level = 0
                  where s.process = $1 and s.outcome is null group by o.role)
     select role, coalesce(open, 0) as open, decided, took, handled from decided full join waiting using (role) order by coalesce(decided, 0) desc, role`,
    periodOf(period),
  )
  return rows.map((row) => ({ role: row.role, open: row.open, ...decidedOf(row) }))
}

/** The `first` (1 to 100) accounts of people who decided most, or hold most now; `claimed`: the tasks that they hold and have not done. `total`: of all. */
export async function workloadByPerson(db: Querier, period: InsightPeriod, first?: number | null): Promise<Listed<PersonWorkload>> {
  const size = sizeOf(first)
  const { rows } = await db.query(
    `with ${alive}, ${done},
     decided as (select completed_by_id as id, ${measured} from done where human group by completed_by_id),
     holding as (select t.claimed_by_id as id, count(*)::int as claimed from ${openNow} join employee e on e.id = t.claimed_by_id and e.kind = 'EMPLOYEE'
                  where s.process = $1 and s.outcome is null group by t.claimed_by_id)
     select id, coalesce(claimed, 0) as claimed, decided, took, handled, count(*) over ()::int as total from decided full join holding using (id)
      order by coalesce(decided, 0) desc, claimed desc nulls last, id limit $4`,
    [...periodOf(period), size],
  )
  return { total: rows[0]?.total ?? 0, items: rows.map((row) => ({ employeeId: row.id, claimed: row.claimed, ...decidedOf(row) })) }
}

/** How many tasks of the period were done by the clock, by word from another case or by a service account. */
export async function decidedBySystem(db: Querier, period: InsightPeriod): Promise<number> {
  const { rows } = await db.query(`with ${alive}, ${done} select count(*)::int as decided from done where not human`, periodOf(period))
  return rows[0].decided
}
