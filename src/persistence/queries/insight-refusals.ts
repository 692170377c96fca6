import type { Querier } from '../pool.js'
import { type InsightPeriod, periodOf, within } from './process-insight.js'

export interface RefusalFigures {
  readonly code: string
  readonly count: number
  readonly people: number
}

/**
 * The refusals recorded in the period, by the code of their reasons, most frequent first: attempts to open a case, to act in one, or to work on
 * one of its tasks, conflicts of versions included. A refusal counts once under each code among its reasons.
 * `people`: how many human beings were refused so; accounts of services are none.
 */
export async function refusalFigures(db: Querier, period: InsightPeriod): Promise<RefusalFigures[]> {
  const { rows } = await db.query(
    `select given.code, count(*)::int as count, count(distinct e.person_id)::int as people
       from audit_entry a cross join lateral (select distinct code from json_to_recordset(a.content::json -> 'reasons') as reason(code text)) given
       left join employee e on e.id = a.actor_id and e.kind = 'EMPLOYEE'
      where a.process = $1 and a.result <> 'DONE' and ${within('a.recorded_at')} group by given.code order by 2 desc, 1`,
    periodOf(period),
  )
  return rows
}
