import type { Querier } from '../pool.js'
import type { Listed } from './insight-workload.js'
import { sizeOf } from './page.js'
import { alive, type InsightPeriod, periodOf, toMs, within } from './process-insight.js'

export interface Activity {
  readonly action: string
  /** The state that it led to, or left the case in. */
  readonly state: string
}
export interface Variant {
  readonly activities: readonly Activity[]
  readonly count: number
  /** Of all cases closed in the period. */
  readonly share: number
  readonly medianCycleSeconds: number
}

/**
 * The ways that the cases closed in the period have gone, whatever their outcome: every entry of the case's history in order, votes and acts of the clock
 * included, each with the state that it led to. The `first` (1 to 100) most frequent; `total`: how many different ones there are. Cycle time: opening to end.
 */
export async function variantsOf(db: Querier, period: InsightPeriod, first?: number | null): Promise<Listed<Variant>> {
  const size = sizeOf(first)
  const { rows } = await db.query(
    `with ${alive},
     trace as (select extract(epoch from closed_at - opened_at)::float8 as took,
                      (select array_agg(action || ' ' || to_state order by sequence) from audit_entry a where a.stream = alive.stream) as path
                 from alive where ${within('closed_at')}),
     variant as (select path, count(*)::int as count, percentile_cont(0.5) within group (order by took) as median from trace group by path)
     select path, count, median, count::float8 / sum(count) over () as share, count(*) over ()::int as total from variant order by count desc, path limit $4`,
    [...periodOf(period), size],
  )
  const variants = rows.map(({ path, count, share, median }) => ({ activities: path.map(activityOf), count, share, medianCycleSeconds: toMs(median)! }))
  return { total: rows[0]?.total ?? 0, items: variants }
}
function activityOf(step: string): Activity {
  const [action = '', state = ''] = step.split(' ')
  return { action, state }
}
