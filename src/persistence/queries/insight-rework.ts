import type { Querier } from '../pool.js'
import { alive, type InsightPeriod, periodOf, within } from './process-insight.js'

/** An act that sent cases back for another round. */
export interface ReworkLoop {
  readonly from: string
  readonly to: string
  readonly action: string
  /** Done by the clock, or by word from another case: by nobody. */
  readonly bySystem: boolean
  readonly count: number
  readonly cases: number
}
export interface Rework {
  readonly closed: number
  /** Of these, how many were never sent back. */
  readonly straight: number
  readonly loops: readonly ReworkLoop[]
}

/**
 * `loops`: the acts recorded in the period that began a new round (returns, withdrawals, changes of what was approved), most frequent first, and
 * how many cases each of them touched. An act began a round when the next entry of its case, or else the case itself, is of a higher one.
 * `closed`, `straight`: cases closed in the period, and those of them that ended in their first round.
 */
export async function rework(db: Querier, period: InsightPeriod): Promise<Rework> {
  const { rows: loops } = await db.query(
    `with ${alive}
     select a.from_state as "from", a.to_state as "to", a.action, a.actor_id is null as "bySystem", count(*)::int as count, count(distinct c.id)::int as cases
       from alive c cross join lateral (
         select from_state, to_state, action, actor_id, recorded_at, round, coalesce(lead(round) over (order by sequence), c.round) as following
           from (select *, (content::json ->> 'round')::int as round from audit_entry where stream = c.stream and recorded_at >= $2 offset 0) entry) a
      where c.round > 1 and a.following > a.round and ${within('a.recorded_at')} group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4`,
    periodOf(period),
  )
  const { rows: cases } = await db.query(
    `with ${alive} select count(*)::int as closed, count(*) filter (where round = 1)::int as straight from alive where ${within('closed_at')}`,
    periodOf(period),
  )
  return { ...cases[0], loops }
}
